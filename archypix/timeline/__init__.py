"""The timeline: how many pictures there are when, and the pictures of one stretch of time in columns."""
