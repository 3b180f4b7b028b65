"""The page *Informes*, its charts and files, and the monthly reports."""
