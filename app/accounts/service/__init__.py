"""What can be done with callers, by noun."""
