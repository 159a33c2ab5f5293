"""Year clocks: windows with topics."""
