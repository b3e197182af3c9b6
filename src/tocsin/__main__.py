"""`python -m tocsin`."""
