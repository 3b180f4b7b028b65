"""The forms of the case page, one module per section."""
