"""Health: whether this server lives, whether it can serve, and its metrics."""
