"""Finding: searches that people keep, and what is suggested while they type."""
