"""Figures of the office's work."""

from __future__ import annotations

from app.feature import Feature
from app.indicadores.cli import indicadores_cli
from app.indicadores.jobs import check_figures, read_figures
from app.indicadores.models import Ciclo, ConsultaDia, Corte, Etapa
from app.indicadores.pages import report_pages
from app.web.navigation import Link, Menu

FEATURE = Feature(
    name="indicadores",
    models=(Ciclo, Etapa, ConsultaDia, Corte),
    pages=(report_pages,),
    commands=(indicadores_cli,),
    jobs=(read_figures, check_figures),
    navigation=(Link(Menu.BAR, 45, "indicadores.index", "Informes", "activity"),),
)
