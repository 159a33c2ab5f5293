"""What can be done with what follows the plan."""
