"""The tray: what comes in, whoever brings it and in whatever form, until somebody decides on it."""
