"""What clients see and send about how the plan is kept."""
