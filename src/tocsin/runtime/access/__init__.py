"""What pages and routes share of access: services on the running node."""
