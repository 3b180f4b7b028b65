"""Backups: the database and its files in one archive, rotated, copied elsewhere, restored."""
