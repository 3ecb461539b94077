"""What is under a shared tag is told to those it is shared with, and kept true."""
