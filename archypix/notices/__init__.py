"""What a person is told of what others did."""
