"""Public links: a tag by an address that anybody may open who has it."""
