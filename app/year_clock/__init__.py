"""Year clocks: windows with topics (vuosikello). Plan 14."""
