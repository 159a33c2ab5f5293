"""Whether the plan is kept: compliance, what is due, proposals. Reads many rooms, owns almost no facts."""
