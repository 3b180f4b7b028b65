"""Whoever the data are of: where a person is, what they ask for, and what is blocked for them."""
