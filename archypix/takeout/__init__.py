"""Google Takeout: what an export of Google Photos says, and how its files belong together."""
