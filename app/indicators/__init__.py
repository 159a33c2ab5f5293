"""How families fare: indicators of Sotkanet and others, and their values by area, sex and period. Plan 18.4."""
