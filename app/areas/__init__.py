"""Where: one graph of areas by scheme, with validity (perhekeskusalue, kunta, hyvinvointialue). Plan 2.2."""
