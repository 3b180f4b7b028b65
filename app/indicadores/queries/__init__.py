"""The rows of reports, and what the figures are made of."""
