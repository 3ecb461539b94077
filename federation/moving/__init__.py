"""People who move between servers of one domain, as others see it."""
