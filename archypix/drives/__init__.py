"""Hierarchies as drives: the tokens of devices, the brake, locks, dead properties, and files that are no pictures."""
