"""PDFs and photos of papers, opened in a process of their own."""
