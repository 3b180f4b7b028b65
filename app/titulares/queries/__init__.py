"""Where a person is, what they asked for and what is blocked."""
