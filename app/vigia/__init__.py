"""A copy of the audit on another machine: whoever breaks in here cannot take it back."""
