"""The open backend of family-centre networks: one JSON API that knows the plan."""

__version__ = "0.1.0"
