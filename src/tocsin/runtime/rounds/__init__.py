"""Mass sending: the process beside the server that sends to ten thousand, and the server's line to it."""
