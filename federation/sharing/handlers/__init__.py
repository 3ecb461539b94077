"""Handlers of what other servers say about shares and pictures."""
