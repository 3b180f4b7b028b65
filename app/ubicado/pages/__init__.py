"""The pages of a found vehicle: the one for the phone, and its section on the case page."""
