"""This server as one of several in a domain: what it and the Resolver tell each other."""
