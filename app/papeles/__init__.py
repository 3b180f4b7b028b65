"""Papers: what a PDF of a court, of the register or of a buffet says, with its place on the page."""
