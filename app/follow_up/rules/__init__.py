"""What the rules of a plan mean. Pure."""
