"""Selections of meetings, and of what belongs to them."""
