"""Visit statistics of meeting places (kävijätilasto): forms, days, totals. Plan 7.4, 8.3."""
