"""What a person meets first: the start page, the explorer, the pages of problems, and the contract itself."""
