"""Forms of early support."""
