"""Public tags: collections that anybody may follow."""
