"""What befalls computer, network, vendors and office at moments of its own choosing, rather than at each message."""
