"""Materials, and documents with review cycles."""
