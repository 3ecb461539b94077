"""Hierarchies: tags as trees of folders, read and written by whoever browses or mounts them."""
