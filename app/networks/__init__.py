"""Networks, their seats, and who sits in them."""
