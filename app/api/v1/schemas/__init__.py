"""The shapes of the API: what it takes, read by the parsers of ``app.core``, and what it gives."""
