"""Lists of crossings that a concessionaire hands over, read like any other list."""
