"""The pages of one list: its preview, and what became of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import Response, request, url_for

from app.importador.campos import ETIQUETAS, OBLIGATORIOS
from app.importador.lectura import Lectura
from app.importador.models import Importacion
from app.importador.queries import list_numbers
from app.importador.rules import Resultado, clasificar, contar
from app.web.fragments import fragment, is_htmx, with_notice
from app.web.pagination import Page

Row = TypeVar("Row")

#: Rows on one page of a preview or a result.
ROWS_SHOWN = 100
#: The columns of the preview: what belongs together stands together, so that a row fits a screen.
GRUPOS = (
    ("Oficio", ("numero_oficio", "rol", "tribunal", "caratulado")),
    ("Vehículo", ("patente", "marca", "modelo", "anio", "color", "vin")),
    (
        "Propietario",
        ("propietario_nombre", "propietario_rut", "propietario_telefono", "propietario_email"),
    ),
    ("Dirección", ("direccion", "comuna", "region")),
    ("Plazos", ("fecha_oficio", "fecha_ingreso", "fecha_limite", "prioridad")),
    ("Notas", ("notas",)),
)


@dataclass(frozen=True)
class RowsPage(Page):
    """One page of the rows of a list, under the filter that is chosen."""

    size: int = ROWS_SHOWN
    importacion_id: int = 0
    ver: str = ""

    def url_for(self, number: int) -> str:
        """The address of another page, also when a form was answered with this one."""
        return url_for(
            "importador.preview",
            importacion_id=self.importacion_id,
            ver=self.ver or None,
            pagina=number,
        )


def show_preview(
    importacion: Importacion,
    lectura: Lectura,
    status: int = 200,
    *,
    error: str | None = None,
    aviso: str | None = None,
) -> Response:
    """Render the preview; after a refusal the selects and inputs keep what was chosen and typed."""
    filas = clasificar(lectura.filas, list_numbers(importacion.buffet_id))
    counts = contar(filas)
    ver = asked_outcome()
    rows = [fila for fila in filas if not ver or fila.resultado == Resultado(ver)]
    shown = {*lectura.mapeo.values(), *OBLIGATORIOS}
    created = sum(number for resultado, number in counts.items() if resultado.is_imported)
    template = "importador/_preview.html" if is_htmx() else "importador/preview.html"
    response = fragment(
        template,
        status,
        importacion=importacion,
        lectura=lectura,
        counts={resultado.value: number for resultado, number in counts.items()},
        total=len(filas),
        hidden=sum(fila.oculta for fila in filas),
        to_create=created,
        page=_slice(rows, importacion.id, ver),
        ver=ver,
        grupos=[(name, campos) for name, campos in GRUPOS if shown & set(campos)],
        etiquetas=ETIQUETAS,
        typed=request.form if error else {},
        error=error,
        aviso=aviso,
    )
    if is_htmx() and status == 200:
        refused = counts[Resultado.ERROR]
        with_notice(response, f"Revisado. Filas por crear: {created}; con error: {refused}.")
    return response


def show_result(importacion: Importacion) -> Response:
    """Render what became of every row."""
    ver = asked_outcome()
    lines = [line for line in importacion.informe if not ver or line["resultado"] == ver]
    counts = importacion.resultado
    return fragment(
        "importador/result.html",
        importacion=importacion,
        counts=counts,
        total=sum(counts.values()),
        created=sum(n for name, n in counts.items() if Resultado(name).is_imported),
        page=_slice(lines, importacion.id, ver),
        ver=ver,
        resultados={resultado.value: resultado for resultado in Resultado},
    )


def asked_outcome() -> str:
    """The outcome whose rows are asked for; empty for all."""
    asked = request.values.get("ver", "")
    return asked if asked in {resultado.value for resultado in Resultado} else ""


def _slice(rows: Sequence[Row], importacion_id: int, ver: str) -> RowsPage:
    last = max(1, -(-len(rows) // ROWS_SHOWN))
    number = min(max(1, request.values.get("pagina", 1, type=int)), last)
    first = (number - 1) * ROWS_SHOWN
    return RowsPage(
        rows=list(rows[first : first + ROWS_SHOWN]),
        number=number,
        total=len(rows),
        importacion_id=importacion_id,
        ver=ver,
    )
