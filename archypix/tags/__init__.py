"""Tags: the tree, assignments with their sources, and the read model on pictures."""
