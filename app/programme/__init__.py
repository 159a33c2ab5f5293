"""Forms of early support. Plan 16."""
