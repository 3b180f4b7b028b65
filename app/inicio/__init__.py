"""What a new installation shows its admin first: six steps that tick themselves."""
