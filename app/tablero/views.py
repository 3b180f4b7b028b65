"""The Kanban: its page, its columns, one card, and a drop."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, abort, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from htmx_flask import request
from sqlalchemy.orm.exc import StaleDataError

from app.core.clock import utcnow
from app.core.errors import Refused, Stale
from app.core.patente import format_patente
from app.db import transaction
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.rules import Estado, allowed_moves
from app.oficios.service import Move, StaleOficio, move_oficio
from app.tablero.forms import MoveForm, read_filter, read_place
from app.tablero.queries import (
    Column,
    count_by_estado,
    criteria,
    get_card,
    get_column,
    list_buffets,
    list_columns,
    list_people,
)
from app.tablero.rules import (
    COLUMN_TEXTS,
    NOBODY,
    NOTHING_MATCHES,
    BoardFilter,
    sighting_words,
)
from app.web.access import staff_required
from app.web.forms import first_error
from app.web.fragments import fragment, is_htmx, see_other, with_notice

bp = Blueprint("tablero", __name__, url_prefix="/tablero")


@bp.get("")
@staff_required
def board() -> ResponseReturnValue:
    """All columns with their first cards, under the filters of the address."""
    board_filter = read_filter(request.args)
    columns = list_columns(_criteria(board_filter), now=utcnow())
    return _page(board_filter, columns)


@bp.get("/columnas/<estado>")
@staff_required
def column(estado: str) -> ResponseReturnValue:
    """The next cards of a column: alone to HTMX, as a board of one column to a browser."""
    if estado not in {member.value for member in Estado}:
        abort(404)
    board_filter = read_filter(request.args)
    part = get_column(
        Estado(estado),
        _criteria(board_filter),
        start=read_place(request.args.get("desde", "")),
        now=utcnow(),
    )
    if is_htmx():
        return fragment(
            "tablero/_cards.html", column=part, **_card_context(), board_filter=board_filter
        )
    return _page(board_filter, [part])


@bp.get("/oficios/<int:oficio_id>")
@staff_required
def card(oficio_id: int) -> ResponseReturnValue:
    """One card as it now stands."""
    oficio = oficio_to_work(oficio_id)
    return fragment("tablero/_card.html", card=get_card(oficio.id, now=utcnow()), **_card_context())


@bp.post("/oficios/<int:oficio_id>/mover")
@staff_required
def move(oficio_id: int) -> ResponseReturnValue:
    """Answer a drop with the card as it now stands, and with why when it did not move."""
    oficio = oficio_to_work(oficio_id)
    form = MoveForm()
    if not form.validate():
        return _answer(oficio, 422, first_error(form))
    try:
        _move(oficio, form.to_move())
    except Refused as refused:
        return _answer(oficio, 422, f"No se pudo mover. {refused}")
    except Stale as stale:
        return _answer(oficio, 409, str(stale))
    return _answer(oficio, 200, None)


def _move(oficio: Oficio, command: Move) -> None:
    """Move in a transaction of its own.

    Raises:
        Refused, Stale: with the sentence to show; nothing was written.
    """
    now = utcnow()
    try:
        with transaction():
            move_oficio(oficio, command, actor=current_user, now=now)
    except StaleDataError:  # somebody else's change was stored between reading and writing
        raise StaleOficio(oficio, now) from None


def _answer(oficio: Oficio, status: int, problem: str | None) -> Response:
    """The card and the counts to HTMX; the page that it came from to everybody else."""
    back = _local_path(request.form.get("volver", ""))
    if not is_htmx() or back:
        plate = format_patente(oficio.vehiculo.patente)
        flash(problem or f"{plate} quedó en {oficio.estado.label}.", "error" if problem else "ok")
        return see_other(back or _page_before())
    counts = count_by_estado(_criteria(_filter_on_screen()))
    response = fragment(
        "tablero/_moved.html",
        status=status,
        card=get_card(oficio.id, now=utcnow()),
        counts=counts,
        **_card_context(),
    )
    return with_notice(response, problem, "error") if problem else response


def _page(board_filter: BoardFilter, columns: list[Column]) -> str:
    return render_template(
        "tablero/board.html",
        board_filter=board_filter,
        columns=columns,
        is_whole=len(columns) == len(Estado),
        texts=COLUMN_TEXTS,
        nothing_matches=NOTHING_MATCHES,
        buffets=list_buffets(),
        people=[*list_people(), (NOBODY, "Sin asignar")],
        **_card_context(),
    )


def _card_context() -> dict[str, Any]:
    """What a card needs beside its own values."""
    now = utcnow()
    return {
        "moves": {estado: allowed_moves(estado, current_user.rol) for estado in Estado},
        "seen": lambda sighting: sighting_words(sighting.fecha, sighting.fecha_hora, now),
    }


def _criteria(board_filter: BoardFilter) -> list[Any]:
    return criteria(board_filter, usuario_id=current_user.id, now=utcnow())


def _filter_on_screen() -> BoardFilter:
    """The filters of the board that a card was dropped on, so that its counts fit the others."""
    return read_filter(dict(parse_qsl(urlsplit(request.htmx.current_url or "").query)))


def _page_before() -> str:
    """Where a form without JavaScript was sent from: the board with its filters, or the case."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return url_for("tablero.board")
    path = f"{before.path}?{before.query}" if before.query else before.path
    return _local_path(path) or url_for("tablero.board")


def _local_path(target: str) -> str | None:
    """An address within this application, or nothing: a stranger's link must not lead outside."""
    is_local = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if is_local and target.isprintable() else None
