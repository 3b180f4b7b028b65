"""What is done with an item of the tray, from its arrival to the decision on it."""
