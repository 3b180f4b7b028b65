"""The expediente of a case."""

from __future__ import annotations

from app.feature import Feature, FileColumn
from app.informes import pages
from app.informes.jobs import make_expediente
from app.informes.models import Expediente
from app.informes.queries import count_issued
from app.informes.queries.issued_files import list_pdfs
from app.oficios.pages.sections import Section

FEATURE = Feature(
    name="informes",
    models=(Expediente,),
    pages=(pages,),
    sections=(
        Section("expediente", "Expediente", "file-check", "informes.section", 80, count_issued),
    ),
    jobs=(make_expediente,),
    keepers=(list_pdfs,),
    file_columns=(FileColumn("expedientes", "pdf_key", "sha256"),),
)
