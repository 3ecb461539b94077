"""What administrators of the domain set while the Resolver runs."""
