"""What can be done with meetings, and with what belongs to them."""
