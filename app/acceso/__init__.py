"""Access by need: an investigator sees the cases that they have, and opens others with a reason."""
