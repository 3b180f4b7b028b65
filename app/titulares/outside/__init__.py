"""What is drawn for a person."""
