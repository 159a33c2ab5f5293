"""Materials, and documents with review cycles. Plan 9.16, 11.1, 12.10."""
