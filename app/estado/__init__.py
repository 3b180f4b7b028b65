"""How this installation is, for who runs it: trials of each part, the admin's page, commands."""
