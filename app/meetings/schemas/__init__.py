"""What clients see and send about meetings. Fields are listed by hand: some stay among members."""
