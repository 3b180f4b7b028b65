"""The admin's pages about persons and their data, and the public form."""
