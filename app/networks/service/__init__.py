"""What can be done with networks and their seats."""
