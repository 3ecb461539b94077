"""The server as its people know it: its name, a few words about it, and who may join."""
