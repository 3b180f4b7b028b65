"""What is due, and for whom: told in time, and in a calendar that a person subscribes to."""
