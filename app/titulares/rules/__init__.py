"""Decisions about persons and what they ask for."""
