"""The action plan as data: focus areas, goals, measures, rules."""
