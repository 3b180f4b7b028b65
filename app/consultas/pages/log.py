"""Administración, Consultas: who looked which plate up, for which order, why, and what came."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectChoice, SelectField, StringField

from app.consultas.pages import bp
from app.consultas.pages.log_file import CONSULTAS_TABLE, left_off_note
from app.consultas.queries.check_budget import describe_budget, describe_pace, read_gasto
from app.consultas.queries.log_rows import (
    EXPORT_LIMIT,
    RegistroFilter,
    count_registro,
    iter_registro,
    list_askers,
    note_export,
    registro_statement,
)
from app.consultas.rules import ResultadoConsulta
from app.consultas.rules.alcance import describe_reach
from app.core.clock import local_today, utcnow
from app.db import transaction
from app.extensions import current_config
from app.web.access import admin_required
from app.web.forms import FechaField, FilterForm
from app.web.fresh import fresh_file_required
from app.web.pagination import paginate
from app.web.table_files import FORMATS, send_table

_SEARCH_LIMIT = 100


class RegistroFilterForm(FilterForm):
    """Which look-ups to list. A date that cannot be read is said beside its field."""

    desde = FechaField("Desde")
    hasta = FechaField("Hasta")
    usuario = SelectField("Pedida por", default="", validate_choice=False)
    oficio = StringField("Oficio o patente")
    resultado = SelectField(
        "Resultado",
        choices=[
            SelectChoice("", "Todos"),
            *(SelectChoice(m.value, m.label) for m in ResultadoConsulta),
        ],
        default="",
        validate_choice=False,
    )

    def __init__(self, askers: list[tuple[int, str]]) -> None:
        super().__init__()
        # By the word of the address: a number that is nobody's must not become the 0 of the jobs.
        self._askers = {str(pk): pk for pk in (0, *(pk for pk, _ in askers))}
        self.usuario.choices = [
            SelectChoice("", "Todos"),
            SelectChoice("0", "Consulta automática"),
            *(SelectChoice(str(pk), nombre) for pk, nombre in askers),
        ]

    def to_filter(self) -> RegistroFilter:
        """The filter of this request's address."""
        self.validate()
        outcomes = {member.value for member in ResultadoConsulta}
        known = self.resultado.data in outcomes
        return RegistroFilter(
            desde=None if self.desde.errors else self.desde.value,
            hasta=None if self.hasta.errors else self.hasta.value,
            usuario_id=self._askers.get(self.usuario.data or ""),
            oficio=(self.oficio.data or "")[:_SEARCH_LIMIT],
            resultado=ResultadoConsulta(self.resultado.data) if known else None,
        )


@bp.get("/admin/consultas")
@admin_required
def index() -> ResponseReturnValue:
    """The log under the filters of the address, newest first."""
    form = RegistroFilterForm(list_askers())
    return render_template(
        "consultas/index.html",
        form=form,
        page=paginate(registro_statement(form.to_filter()), scalars=False),
        filters=form.arguments(),
        **_budget(),
    )


def _budget() -> dict[str, Any]:
    """What the configured source tells, costs and has left this month; nothing without one."""
    config = current_config()
    if not config.provider_configured:
        return {"gasto": None}
    gasto = read_gasto(config.porticos_provider, utcnow())
    return {
        "gasto": gasto,
        "alcance": describe_reach(gasto.alcance),
        "presupuesto": describe_budget(gasto),
        "ritmo": describe_pace(gasto),
    }


@bp.post("/admin/consultas/exportar.<formato>")
@admin_required
@fresh_file_required
def export(formato: str) -> ResponseReturnValue:
    """What the filters find, as a file; a POST, because taking it is written down."""
    if formato not in FORMATS:
        abort(404)
    now = utcnow()
    wanted = RegistroFilterForm(list_askers()).to_filter()
    total = count_registro(wanted)
    with transaction():
        note_export(wanted, formato, total, actor=current_user, now=now)
    name = f"consultas-{local_today(now).isoformat()}"
    note = left_off_note(total - EXPORT_LIMIT)
    return send_table(CONSULTAS_TABLE, iter_registro(wanted), name, formato, note=note)
