"""What compliance does in the background."""
