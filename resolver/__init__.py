"""The Resolver service: one identity domain served by several backends."""
