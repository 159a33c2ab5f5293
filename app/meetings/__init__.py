"""Meetings of networks: agenda, attendance, decisions."""
