"""Imports and exports: files in, files out, and the plan of a county."""
