"""Everything of one person as files that anybody can read, and back."""
