"""Sharing between servers: what is said about shares and pictures, and what others say about them is handed on."""
