"""The tray of what comes in."""

from __future__ import annotations

from app.bandeja import pages
from app.bandeja.jobs import fetch_mail, read_item
from app.bandeja.models import Ingreso, Origen
from app.bandeja.queries import cases_whose_papers_say, count_origins
from app.bandeja.queries.needed_items import limiting_option
from app.bandeja.queries.stored_originals import list_originals
from app.bandeja.service.deciding import note_imported, note_stored, note_undone
from app.db import limit_rows
from app.feature import Feature, FileColumn
from app.oficios.pages.sections import Section
from app.oficios.queries.in_papers import said_in_papers
from app.planillas.service.told import on_imported, on_stored, on_undone
from app.web.navigation import Link, Menu

limit_rows(limiting_option)

FEATURE = Feature(
    name="bandeja",
    models=(Ingreso, Origen),
    pages=(pages,),
    sections=(
        Section("origen", "Documentos de origen", "inbox", "bandeja.section", 85, count_origins),
    ),
    jobs=(read_item, fetch_mail),
    keepers=(list_originals,),
    file_columns=(FileColumn("ingresos", "archivo_key", "sha256"),),
    provides=(
        on_stored.by(note_stored),
        on_imported.by(note_imported),
        on_undone.by(note_undone),
        said_in_papers.by(cases_whose_papers_say),
    ),
    navigation=(
        Link(
            Menu.BAR, 20, "bandeja.start", "Importar", "table-import", areas=("importar", "papeles")
        ),
    ),
)
