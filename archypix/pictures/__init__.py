"""Pictures: the rows of a library, their trash, versions and lists."""
