"""Selections across rooms."""
