"""Moving to an account on another domain, and those who have moved there."""
