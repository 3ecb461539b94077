"""Writing back: what clients of a drive do to its folders and files, as changes of tags that can be undone."""
