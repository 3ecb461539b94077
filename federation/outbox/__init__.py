"""What local actors say: written with the change that causes it, delivered later, in order, until it arrives."""
