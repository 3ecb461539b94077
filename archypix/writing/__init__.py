"""Writing: what people set, into their files; and keywords of files as tags."""
