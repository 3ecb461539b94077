"""Moving people between backends of one domain: what is a person's, how it is given, taken, compared and removed."""
