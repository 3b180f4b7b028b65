"""The case page and its own sections; other features bring theirs."""
