"""How others find people of the domain, and learn what it is: WebFinger, host-meta, NodeInfo."""
