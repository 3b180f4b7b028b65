"""Reading papers of the tray, and making cases of what they say."""
