"""Who changed what, and when: one row per command, in the command's own transaction."""
