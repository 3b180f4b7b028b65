"""Keeping the figures, comparing them with what they are made of, and issuing monthly reports."""
