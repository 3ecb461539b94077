"""The one way in which this server speaks to others: a guarded HTTP client, and what is remembered of each host."""
