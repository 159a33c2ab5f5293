"""What can be done with calendars, and with the secret addresses at which they are read."""
