"""The upload of a list, and what a person changes of its reading."""
