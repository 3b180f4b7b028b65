"""Figures of the office's work, and the monthly reports of buffets."""

from __future__ import annotations

from app.feature import Feature, FileColumn
from app.indicadores.cli import indicadores_cli
from app.indicadores.jobs import check_figures, make_month, order_months, read_figures
from app.indicadores.models import (
    CasoMensual,
    Ciclo,
    ConsultaDia,
    Corte,
    Etapa,
    InformeMensual,
)
from app.indicadores.pages import monthly_reports, report_pages
from app.indicadores.queries.issued_months import list_month_files
from app.web.navigation import Link, Menu

FEATURE = Feature(
    name="indicadores",
    models=(Ciclo, Etapa, ConsultaDia, Corte, InformeMensual, CasoMensual),
    pages=(monthly_reports, report_pages),
    commands=(indicadores_cli,),
    jobs=(read_figures, check_figures, order_months, make_month),
    keepers=(list_month_files,),
    file_columns=(
        FileColumn("informes_mensuales", "pdf_key", "pdf_sha256"),
        FileColumn("informes_mensuales", "xlsx_key", "xlsx_sha256"),
    ),
    navigation=(Link(Menu.BAR, 45, "indicadores.index", "Informes", "activity"),),
)
