"""Peer and self evaluations of meeting places."""
