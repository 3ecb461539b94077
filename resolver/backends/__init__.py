"""The servers of the domain: how they introduce themselves, are admitted, and tell how they are."""
