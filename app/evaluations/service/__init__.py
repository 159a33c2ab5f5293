"""What can be done with criteria sets and evaluations."""
