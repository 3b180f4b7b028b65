"""The expediente: the PDF of a case that can be checked, and the ZIP with its originals."""
