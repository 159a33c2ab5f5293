"""Organisations, and the few persons that networks name."""
