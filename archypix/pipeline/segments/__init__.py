"""A calendar cut into tags: which levels a capture time gets, in Python and in SQL."""
