"""What the office writes down of its own compliance, one module for each subject."""
