"""Work in the field: addresses to visit on a phone, also where there is no signal."""
