"""What a list says: its sheets, its header, and its rows, without a database."""
