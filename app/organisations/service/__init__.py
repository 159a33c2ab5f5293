"""What can be done with organisations, persons, and the rights that go with what these are."""
