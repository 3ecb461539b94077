"""Whole servers as processes, for tests that see what a user sees."""
