"""Verbs about the office's own compliance, one module for each subject."""
