"""Papers: what a PDF of a court, the register or a buffet says, with its place on the page."""
