"""Messages between the office and a buffet on one case."""
