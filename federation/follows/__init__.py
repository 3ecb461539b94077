"""Who follows whom: followers of local actors, and those whom people of this server follow."""
