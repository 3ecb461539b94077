"""Where pictures were taken."""
