"""Spreadsheets of a buffet, read into oficios."""
