"""The file of the database, and the list of erasures beside the backups."""
