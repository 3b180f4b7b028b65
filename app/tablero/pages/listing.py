"""The list: the same filters as the board, sorted, printed, and as a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.auditoria.pages import note_export
from app.core.clock import local_today, utcnow
from app.planillas.pages.whole_file import WHOLE_TABLE, whole_rows
from app.planillas.queries import read_parts
from app.tablero.forms import read_filter
from app.tablero.pages.blueprint import bp
from app.tablero.pages.board import filter_context, keep_filter
from app.tablero.pages.list_file import OFICIOS_TABLE
from app.tablero.pages.screen import board_url, conditions_of, promise_on_card
from app.tablero.queries import list_choices, read_visit
from app.tablero.queries.listing import (
    SORTS,
    ListedCase,
    count_listing,
    list_ids,
    listing_statement,
    read_listing,
    read_page,
)
from app.tablero.rules import Aspecto, ColumnaLista, sighting_words
from app.web.access import staff_required
from app.web.conditional import conditional
from app.web.fresh import fresh_file_required
from app.web.pagination import LAST_PAGE, PAGE_SIZE, Page
from app.web.table_files import FORMATS, send_table

#: Maximum rows of the printed list; more belong in a spreadsheet.
PRINT_LIMIT = 1000
_DEFAULT_SORT = "plazo"


@bp.get("/lista")
@staff_required
@conditional
def listing() -> ResponseReturnValue:
    """The cases under the filters of the address; ``imprimir=1`` is all of them on plain paper."""
    board_filter = read_filter(request.args)
    visit = read_visit(current_user.id)
    conditions = conditions_of(board_filter)
    is_print = request.args.get("imprimir") == "1"
    number = min(max(1, request.args.get("pagina", 1, type=int)), LAST_PAGE)
    size = PRINT_LIMIT if is_print else PAGE_SIZE
    now = utcnow()
    sort, descending = _order()
    start = 0 if is_print else (number - 1) * size
    rows = read_page(conditions, sort, descending=descending, start=start, most=size, now=now)
    page = Page(rows, number, count_listing(conditions), size)
    if is_print:
        casos = [row.card.id for row in page.rows]
        note_export("Lista de oficios (impresa)", len(casos), actor=current_user, casos=casos)

    def sort_url(key: str) -> str:
        order = (
            {"orden": key, "sentido": "desc"} if key == sort and not descending else {"orden": key}
        )
        return board_url({**board_filter.arguments(), **order}, "tablero.listing")

    context = filter_context(board_filter, "tablero.listing", visit, list_choices())
    html = render_template(
        "tablero/print.html" if is_print else "tablero/list.html",
        page=page,
        sort=sort,
        descending=descending,
        sort_url=sort_url,
        export_arguments={**board_filter.arguments(), **_order_arguments()},
        seen=lambda sighting: sighting_words(
            sighting.fecha, sighting.fecha_hora, now, sighting.zona
        ),
        now=now,
        promise_on_card=promise_on_card,
        **{**context, "aspecto": _aspect(context["aspecto"], page.rows)},
    )
    keep_filter(board_filter, visit.last)
    return html


@bp.get("/lista.<formato>")
@staff_required
@fresh_file_required
def export(formato: str) -> ResponseReturnValue:
    """All cases under the filters of the address, as a file."""
    if formato not in FORMATS:
        abort(404)
    now = utcnow()
    conditions = conditions_of(read_filter(request.args))
    statement = _statement(conditions)
    casos = list_ids(conditions)
    que = f"Lista de oficios ({formato})"
    note_export(que, len(casos), actor=current_user, casos=casos)
    rows = read_listing(statement, now=now)
    name = f"oficios-{local_today(now).isoformat()}"
    return send_table(OFICIOS_TABLE, rows, name, formato, stream=True)


@bp.get("/lista-completa.<formato>")
@staff_required
@fresh_file_required
def export_whole(formato: str) -> ResponseReturnValue:
    """All cases under the filters of the address with all their parts, as a list to import."""
    if formato not in FORMATS:
        abort(404)
    casos = list_ids(conditions_of(read_filter(request.args)))
    que = f"Oficios con todas sus partes ({formato})"
    note_export(que, len(casos), actor=current_user, casos=casos)
    name = f"oficios-completos-{local_today(utcnow()).isoformat()}"
    return send_table(WHOLE_TABLE, whole_rows(read_parts(casos)), name, formato, stream=True)


def _statement(conditions: list[Any]) -> Any:
    sort, descending = _order()
    return listing_statement(conditions, sort, descending=descending)


def _aspect(aspecto: Aspecto, rows: Iterable[ListedCase]) -> Aspecto:
    """The columns that a person chose, without that of promises where nothing is promised."""
    if any(row.card.promesa for row in rows):
        return aspecto
    columnas = (one for one in aspecto.columnas if one is not ColumnaLista.PROMESA)
    return replace(aspecto, columnas=tuple(columnas))


def _order() -> tuple[str, bool]:
    """The column that the address sorts by, and whether from the end."""
    sort = request.args.get("orden", _DEFAULT_SORT)
    return (sort if sort in SORTS else _DEFAULT_SORT), request.args.get("sentido") == "desc"


def _order_arguments() -> dict[str, str]:
    sort, descending = _order()
    return {"orden": sort, **({"sentido": "desc"} if descending else {})}
