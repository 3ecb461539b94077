"""The server's name, and who may join it."""
