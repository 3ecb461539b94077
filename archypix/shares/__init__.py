"""What an account shares with others: the shares, who holds access by them, and what is told to whom."""
