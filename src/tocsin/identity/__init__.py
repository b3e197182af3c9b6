"""Who somebody is: PINs and device tokens, kept only as hashes."""
