"""The feed: pictures in the posts of those whom people of this server follow."""
