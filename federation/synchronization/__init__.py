"""Shares here and there come to say the same: digests beside messages, and repair where they differ."""
