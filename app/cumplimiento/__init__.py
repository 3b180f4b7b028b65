"""What law 21.719 asks of the office itself: what left the house, and to whom."""
