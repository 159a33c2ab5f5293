"""Public reading made of many rooms: calendars of meetings."""
