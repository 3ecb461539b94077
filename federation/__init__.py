"""Archypix among other servers: actors, WebFinger, signatures, inbox and outbox delivery."""
