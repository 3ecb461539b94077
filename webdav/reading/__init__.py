"""What reads drives: OPTIONS, GET, HEAD and PROPFIND."""
