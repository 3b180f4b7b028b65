"""Indicators: what the office's work looks like in figures, for the page *Informes*."""
