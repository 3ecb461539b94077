"""Where pictures were taken: clusters of them on a map."""
