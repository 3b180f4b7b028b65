"""What happens to an uploaded list, whatever it lists; and what each kind makes of its rows."""
