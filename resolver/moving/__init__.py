"""People who move between backends of the domain, step by step, whoever dies meanwhile."""
