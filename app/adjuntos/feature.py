"""Photos and documents of a case, and the storages that keep them."""

from __future__ import annotations

from app.adjuntos import pages
from app.adjuntos.cli import adjuntos_cli
from app.adjuntos.jobs import sweep_files, verify_all
from app.adjuntos.models import Adjunto
from app.adjuntos.queries import count_adjuntos
from app.feature import Feature, FileColumn
from app.oficios.pages.sections import Panel, Section, Side, Tab

FEATURE = Feature(
    name="adjuntos",
    models=(Adjunto,),
    pages=(pages,),
    commands=(adjuntos_cli,),
    sections=(
        Section(
            "fotos",
            "Fotos y documentos",
            "camera",
            "adjuntos.section",
            60,
            count_adjuntos,
            tab=Tab.FOTOS,
        ),
    ),
    panels=(Panel("fotos", Side.RAIL, 20, "adjuntos/_resumen.html", pages.load_newest),),
    jobs=(sweep_files, verify_all),
    file_columns=(
        FileColumn("adjuntos", "original_key", "sha256"),
        FileColumn("adjuntos", "copia_key", "copia_sha256"),
        FileColumn("adjuntos", "miniatura_key", "miniatura_sha256"),
    ),
)
