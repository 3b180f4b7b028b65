"""*Informes*: all charts on one page, each with its table and its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.auditoria.pages import note_export
from app.core.clock import local_today, utcnow
from app.indicadores.forms import SeleccionForm
from app.indicadores.pages.blueprint import bp
from app.indicadores.pages.charts import Drawn, draw
from app.indicadores.queries.cases_behind import find_cases_behind
from app.indicadores.queries.flow_reports import describe_span
from app.indicadores.queries.overview import read_cut, read_report, summarize_period
from app.indicadores.rules import MIN_SAMPLE, OLD_DAYS, Agrupacion, Informe, Rango
from app.indicadores.rules.cuadro import Cuadro, Medida, TipoMedida
from app.tablero.queries.choices import list_choices
from app.web.access import or_404, staff_required
from app.web.conditional import conditional
from app.web.fresh import fresh_file_required
from app.web.pagination import paginate
from app.web.table_files import FORMATS, CellKind, Column, Table, send_table

_KINDS = {
    TipoMedida.TEXTO: CellKind.TEXT,
    TipoMedida.NUMERO: CellKind.NUMBER,
    TipoMedida.DIA: CellKind.DATE,
    TipoMedida.PORCENTAJE: CellKind.NUMBER,
    TipoMedida.PESOS: CellKind.NUMBER,
}


class ShownReport(NamedTuple):
    """A report on the page."""

    cuadro: Cuadro
    drawn: Drawn | None

    def cases_url(self, arguments: Mapping[str, Any]) -> str:
        """Where the cases are that its foot speaks of; empty: it speaks of none."""
        if self.cuadro.detras is None:
            return ""
        own = {**arguments, **self.cuadro.detras.arguments}
        return url_for("indicadores.cases_behind", informe=self.cuadro.informe.value, **own)


@bp.get("/informes")
@staff_required
@conditional
def index() -> ResponseReturnValue:
    """Every report over the chosen days and cases."""
    now = utcnow()
    form = _read_form()
    seleccion = form.to_selection(local_today(now))
    cuadros = {informe: read_report(informe, seleccion, now=now) for informe in Informe}
    resumen = summarize_period(
        seleccion, ages=cuadros[Informe.ANTIGUEDAD], sources=cuadros[Informe.CONSULTAS]
    )
    return render_template(
        "indicadores/index.html",
        panels=[ShownReport(cuadro, draw(cuadro)) for cuadro in cuadros.values()],
        resumen=resumen,
        **_context(form, seleccion),
    )


@bp.get("/informes/<informe>")
@staff_required
@conditional
def report(informe: str) -> ResponseReturnValue:
    """One report with its table."""
    now = utcnow()
    form = _read_form()
    seleccion = form.to_selection(local_today(now))
    cuadro = read_report(_find(informe), seleccion, now=now)
    return render_template(
        "indicadores/report.html",
        panel=ShownReport(cuadro, draw(cuadro)),
        **_context(form, seleccion),
    )


@bp.get("/informes/<informe>/casos")
@staff_required
@conditional
def cases_behind(informe: str) -> ResponseReturnValue:
    """The cases that the foot of a report speaks of, each by its number."""
    now = utcnow()
    form = _read_form()
    seleccion = form.to_selection(local_today(now))
    wanted = request.args.get("tipo", "")
    found = or_404(find_cases_behind(_find(informe), seleccion, wanted, now=now))
    return render_template(
        "indicadores/cases.html",
        found=found,
        extra={"tipo": wanted} if wanted else {},
        page=paginate(found.statement, scalars=False),
        **_context(form, seleccion),
    )


@bp.get("/informes/<informe>.<formato>")
@staff_required
@fresh_file_required
def export(informe: str, formato: str) -> ResponseReturnValue:
    """The table of one report as a file."""
    if formato not in FORMATS:
        abort(404)
    now = utcnow()
    seleccion = _read_form().to_selection(local_today(now))
    cuadro = read_report(_find(informe), seleccion, now=now)
    note_export(f"Informe «{cuadro.titulo}»", len(cuadro.filas), actor=current_user)
    name = f"{cuadro.informe.value}-{seleccion.desde}-{seleccion.hasta}"
    return send_table(_table(cuadro), cuadro.filas, name, formato, note=_explain(cuadro))


def _read_form() -> SeleccionForm:
    choices = list_choices()
    return SeleccionForm(choices.buffets, [*choices.people, *choices.former])


def _find(name: str) -> Informe:
    known = {one.value: one for one in Informe}
    return known[name] if name in known else abort(404)


def _context(form: SeleccionForm, seleccion: Any) -> dict[str, Any]:
    arguments = form.arguments()
    here: dict[str, Any] = {**(request.view_args or {})}
    kept: dict[str, Any] = {
        key: value for key, value in arguments.items() if key not in {"rango", "desde", "hasta"}
    }
    return {
        "form": form,
        "seleccion": seleccion,
        "periodo": describe_span(seleccion),
        "arguments": arguments,
        "rangos": [
            (one, url_for(str(request.endpoint), **here, **kept, rango=one.value)) for one in Rango
        ],
        "agrupaciones": list(Agrupacion),
        "leido_at": read_cut(),
        "minimo": MIN_SAMPLE,
        "dias_viejo": OLD_DAYS,
        "write": write_cell,
    }


def write_cell(medida: Medida, value: Any) -> str:
    """A cell as a person in Chile reads it; a dash where there is no figure."""
    if value is None:
        return "—"
    if medida.tipo is TipoMedida.DIA:
        return f"{value:%d-%m-%Y}"
    if medida.tipo is TipoMedida.PORCENTAJE:
        return f"{value} %"
    if medida.tipo is TipoMedida.TEXTO:
        return str(value)
    amount = f"{value:,}".replace(",", ".")
    return f"${amount}" if medida.tipo is TipoMedida.PESOS else amount


def _table(cuadro: Cuadro) -> Table[Any]:
    return Table(
        cuadro.informe.label[:31],
        tuple(
            Column(
                medida.label,
                lambda row, key=medida.clave: row[key],  # type: ignore[misc]
                _KINDS[medida.tipo],
                width=max(14, len(medida.label) + 2),
            )
            for medida in cuadro.medidas
        ),
    )


def _explain(cuadro: Cuadro) -> str:
    """The last row of a file: what it counts, of which days and how many cases."""
    return (
        f"{cuadro.titulo}, {describe_span(cuadro.seleccion)}: {cuadro.muestra}. "
        f"{cuadro.informe.definicion}"
    )
