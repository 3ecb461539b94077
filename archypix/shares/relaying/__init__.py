"""Other people's pictures under a shared tag: their owners are asked first."""
