"""Uploading a list, looking at every row, correcting, importing, and the report of its rows."""
