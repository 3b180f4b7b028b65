"""What the pages of every kind of list do: keep an upload, open it, show a part, report."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from app.adjuntos.service import check_upload
from app.auditoria.pages import note_export
from app.core.clock import utcnow
from app.core.text import clean_text
from app.db import release, transaction
from app.planillas.outside.sheet_reader import MAX_BYTES, open_planilla
from app.planillas.pages.report import OwnLine
from app.planillas.rules.layout import FilaTexto, Lectura, read_texts
from app.planillas.rules.reshaping import join_sheets
from app.planillas.rules.rows import Review
from app.planillas.rules.sheets import TODAS, Planilla
from app.planillas.service.drafts import correct_draft, discard_draft
from app.planillas.service.kinds import Draft, Fila, Kind
from app.web.access import or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.pagination import Page
from app.web.table_files import Table, send_table

#: Page size of a preview or a result, in rows.
ROWS_SHOWN = 100


def keep_upload(
    kind: Kind[Draft, Any],
    upload: FileStorage,
    create: Callable[[str, bytes, Lectura[FilaTexto]], Draft],
) -> int:
    """Read an upload as far as it takes to know that it is a list, and keep it as a draft.

    ``create`` is called in a transaction with the name, the bytes, and what the list says.

    Raises:
        InvalidValue: it is no list; nothing is kept.
    """
    contenido = upload.read(MAX_BYTES + 1)
    nombre = re.split(r"[/\\]", clean_text(upload.filename or ""))[-1][-200:] or "planilla"
    release()
    check_upload(BytesIO(contenido), actor=current_user, now=utcnow(), via="planilla")
    texts = read_texts(open_planilla(contenido, nombre, kind.layout.guess), kind.layout)
    with transaction():
        return create(nombre, contenido, texts).id


def open_draft(kind: Kind[Draft, Any], draft: Draft) -> Planilla:
    """Open the file of a draft while no transaction is held."""
    return _open(kind, draft, kind.review_of(draft))


def _open(kind: Kind[Draft, Any], draft: Draft, review: Review) -> Planilla:
    contenido, nombre = draft.contenido, draft.nombre_archivo
    release()
    return open_planilla(contenido, nombre, kind.layout.guess, review.codificacion)


def read_draft(kind: Kind[Draft, Fila], draft: Draft, planilla: Planilla) -> Lectura[Fila]:
    """Read the file of a draft with what people changed of its reading."""
    return kind.read(planilla, draft, kind.review_of(draft), utcnow())


def keep_review(
    kind: Kind[Draft, Fila], draft: Draft, planilla: Planilla, review: Review
) -> Lectura[Fila]:
    """Read the file as a person wants it, and keep that; return the new reading.

    Raises:
        InvalidValue: so it makes no list; nothing is kept.
        Refused: it was imported or discarded meanwhile.
    """
    if review.codificacion != kind.review_of(draft).codificacion:
        planilla = _open(kind, draft, review)
    after = kind.read(planilla, draft, review, utcnow())
    with transaction():
        correct_draft(kind, draft, review)
    return after


def discard_and_tell(
    kind: Kind[Draft, Any], draft: Draft, nothing: str, back: str
) -> ResponseReturnValue:
    """Forget an upload; ``nothing`` says what was not made of it, on the page ``back``."""

    def deed() -> Done:
        discard_draft(kind, draft, actor=current_user, now=utcnow())
        return Done(f"El listado se descartó y su archivo se borró. {nothing}", back)

    return carry_out(Deed(do=deed, back=back))


def answer_report(
    kind: Kind[Draft, Any], draft: Draft, name: str, table_of: Callable[[bool], Table[Any]]
) -> Response:
    """A spreadsheet of every row and what became, or will become, of it.

    ``table_of`` gives its columns, and is told whether the list is imported.
    """
    or_404(draft, allowed=draft.estado is not kind.discarded)
    done = draft.estado is kind.imported
    if done:
        lines = draft.informe
    else:
        lectura = read_draft(kind, draft, open_draft(kind, draft))
        filas = kind.classify(draft, lectura.filas, utcnow())
        lines = [kind.report_line(fila, None) for fila in filas]
    lines = kind.shown(draft, lines)
    note_export(f"Informe de la carga {draft.id} ({name})", len(lines), actor=current_user)
    return send_table(table_of(done), lines, f"{name}-{draft.id}")


def answer_own_report(
    kind: Kind[Draft, Any],
    draft: Draft,
    name: str,
    table_of: Callable[[Sequence[str], bool], Table[OwnLine]],
) -> Response:
    """A workbook with the columns of whoever sent a list, and what became of each row.

    ``table_of`` gives its columns for the sender's headers.
    """
    or_404(draft, allowed=draft.estado is not kind.discarded)
    done = draft.estado is kind.imported
    lines: Sequence[dict[str, Any]] = draft.informe
    planilla = open_draft(kind, draft)
    lectura = read_draft(kind, draft, planilla)
    if not done:
        filas = kind.classify(draft, lectura.filas, utcnow())
        lines = [kind.report_line(fila, None) for fila in filas]
    by_row: dict[int, list[dict[str, Any]]] = {}
    for line in kind.shown(draft, lines):
        by_row.setdefault(line["fila"], []).append(line)
    joined = join_sheets(planilla.hojas, kind.layout.guess) if lectura.hoja == TODAS else None
    hoja = joined or next(one for one in planilla.hojas if one.nombre == lectura.hoja)
    header = next((row.celdas for row in hoja.filas if row.numero == lectura.fila_encabezado), None)
    if header is None:
        # Under the names of its fields, a list without headers can be sent again.
        width = 1 + max(one.indice for one in lectura.columnas)
        named = {place: kind.layout.labels[campo] for place, campo in lectura.mapeo.items()}
        header = tuple(named.get(place, "") for place in range(width))
    rows = [
        OwnLine(row.celdas, tuple(by_row[row.numero])) for row in hoja.filas if row.numero in by_row
    ]
    note_export(f"Informe de la carga {draft.id} ({name})", len(rows), actor=current_user)
    headers = [clean_text(cell) for cell in header]
    return send_table(table_of(headers, done), rows, f"{name}-{draft.id}", "xlsx")


def asked_outcome(kind: Kind[Any, Any]) -> str:
    """The outcome whose rows are asked for; empty for all."""
    asked = request.values.get("ver", "")
    return asked if asked in {outcome.value for outcome in kind.outcomes} else ""


def page_of(rows: Sequence[Any], address: str) -> Page:
    """Return the requested page of rows; ``address`` is the preview's URL with its filter."""
    last = max(1, -(-len(rows) // ROWS_SHOWN))
    number = min(max(1, request.values.get("pagina", 1, type=int)), last)
    first = (number - 1) * ROWS_SHOWN
    shown = list(rows[first : first + ROWS_SHOWN])
    return Page(shown, number, len(rows), ROWS_SHOWN, address=address)
