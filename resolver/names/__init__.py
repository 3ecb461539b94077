"""The directory of the domain: which name is whose, for ever, and on which backend that person lives."""
