"""What the board would cost by hand: a WSGI application for the measurement.

It is Rastro itself with one more address, ``/piso``: the same rows, read by the database's own
driver with the same SQL, joined into the same HTML, served by the same Flask and gunicorn. No
session, no filters, no templates.
"""
# ruff: noqa: E501  # lines of HTML are as long as the template makes them

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask, Response
from markupsafe import escape

from app import create_app
from app.core.clock import utcnow
from app.core.patente import format_patente
from app.core.rut import parse_rut
from app.db import db
from app.oficios.rules import Estado
from app.tablero.queries import cards_statement, criteria
from app.tablero.queries.columns import list_cells
from app.tablero.rules import COLUMN_SIZE, BoardFilter, idle_days, sighting_words
from app.vehiculos.models import plate_warnings
from app.web.filters import plazo

#: The real page, in the instance's folder.
PAGE = "page.html"
_CARD = re.compile(r'<li id="oficio-card-.*?</li>', re.DOTALL)
_local = threading.local()


def floor_app() -> Flask:
    """The application with its floor."""
    app = create_app()
    page: list[str] = []

    @app.get("/piso")
    def floor() -> Response:
        if not page:
            # What is around the cards is the same every time: left here by who measures.
            page.extend(_CARD.split((Path(app.instance_path) / PAGE).read_text()))
        return Response(draw(app, page), mimetype="text/html")

    return app


def draw(app: Flask, page: list[str]) -> str:
    """The page by hand."""
    execute = _connection(app)
    cells_sql, cards_sql = _statements(app)
    columns = [estado.value for estado in Estado]
    cells = sorted(execute(cells_sql), key=lambda row: columns.index(row[1]))
    ids = [row[3] for row in cells]
    order = {pk: index for index, pk in enumerate(ids)}
    rows = execute(cards_sql.replace("__IDS__", ",".join(map(str, ids))))
    rows.sort(key=lambda row: order[row[0]])
    now = utcnow()
    due: dict[Any, Any] = {}
    parts = page[:1]
    for row, after in zip(rows, page[1:], strict=True):
        parts.append(_card(row, due, now))
        parts.append(after)
    return "".join(parts)


def _card(row: Any, due: dict[Any, Any], now: datetime) -> str:
    (pk, version, estado, numero, prioridad, limite, _posicion, buffet_id, buffet) = row[:9]
    (investigador_id, investigador, patente, dv, marca, modelo, color, fotos) = row[9:17]
    (confirmada, ruts, _ingreso, activo, fecha, fecha_hora, ubicacion, empresa) = row[17:25]
    via = row[25] or empresa
    final = estado.startswith("finalizado")
    if limite not in due:
        due[limite] = plazo(_date(limite))
    words = None if final else due[limite]
    quiet = idle_days(Estado(estado), _moment(activo), now)
    warnings = [] if confirmada else plate_warnings(patente, dv, confirmed=False)
    for rut in ruts.split(",") if ruts else ():
        warnings += parse_rut(rut).advertencias
    assert not warnings
    seen = sighting_words(_date(fecha), _moment(fecha_hora), now) if fecha else None
    name = format_patente(patente)
    urgent = prioridad == "urgente"
    lugar = via or ubicacion
    html = f"""<li id="oficio-card-{pk}"
    class="oficio-card{" is-urgent" if urgent else ""}"
    tabindex="0"
    data-id="{pk}"
    data-version="{version}"
    data-stamp="{version}-{_moment(activo).timestamp():.6f}"
    data-estado="{estado}"
    data-buffet="{buffet_id}"
    data-investigador="{investigador_id or 0}"
    data-name="{name}"
    aria-label="{name}{", urgente" if urgent else ""}">
  <div class="oficio-card-head">
    {_plate(patente)}
    {f'<span class="plazo plazo-{words["tono"]}">{words["texto"]}</span>' if words else ""}
    <a class="menu-button card-menu"
       role="button"
       href="/tablero/oficios/{pk}/acciones"
       aria-label="Mover {name}"
       title="Mover y más">{_icon("dots")}</a>
  </div>
  <p class="oficio-card-title"><a class="oficio-card-link" href="/oficios/{pk}"><strong>{escape(f"{marca} {modelo}")}</strong> · {escape(color.lower())}</a></p>
"""
    if seen:
        html += f"""
    <p class="sighting-pill" title="{escape(f"{via} · {ubicacion}")}">{_icon("radar-2")}<span>{seen} · {escape(lugar)}</span></p>
"""
    html += f"""
  <div class="oficio-card-facts">
    <span class="tabular">{escape(numero)}</span>
    <span class="fact-grow" title="{escape(buffet)}">{escape(buffet)}</span>
    {f'<span class="fact" title="Fotos">{_icon("camera")}{fotos}<span class="visually-hidden"> fotos</span></span>' if fotos else ""}
    {f'<span class="fact fact-warn" title="Días sin actividad">{_icon("zzz")}{quiet} días<span class="visually-hidden"> sin actividad</span></span>' if quiet else ""}
    {_avatar(investigador)}
  </div>
</li>"""
    return html


@lru_cache
def _icon(name: str) -> str:
    sprite = "/static/vendor/tabler-icons/sprite.svg"
    return f'<svg class="icon " aria-hidden="true" focusable="false"><use href="{sprite}#{name}"></use></svg>'


def _plate(patente: str) -> str:
    pairs = '<i class="plate-dot"></i>'.join(
        f"<span>{patente[at : at + 2]}</span>" for at in (0, 2, 4)
    )
    return f"""<span class="plate-wrap">
    <button type="button" class="plate plate-sm" data-copy="{patente}" data-copied="Patente {patente} copiada" aria-label="Patente {patente}. Copiar" title="Copiar patente">{pairs}</button></span>"""


@lru_cache
def _avatar(nombre: str | None) -> str:
    if not nombre:
        return f'<span class="initials initials-sm initials-none" title="Sin asignar">{_icon("user-plus")}<span class="visually-hidden">Sin asignar</span></span>'
    first, second, *_rest = nombre.split()
    letters = first[0] + second[0]
    tone = (2 + len(nombre)) % 5
    return f'<span class="initials initials-sm initials-{tone}" title="{nombre}"><span aria-hidden="true">{letters}</span><span class="visually-hidden">{nombre}</span></span>'


def _date(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(f"{value}+00:00") if isinstance(value, str) else value


def _connection(app: Flask) -> Callable[[str], list[Any]]:
    """A connection of this thread, as the driver gives it."""
    if not hasattr(_local, "connection"):
        url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
        if url.get_backend_name() == "sqlite":
            _local.connection = sqlite3.connect(str(url.database))
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            _local.connection = psycopg.connect(plain, autocommit=True)
    connection = _local.connection
    return lambda sql: connection.execute(sql).fetchall()


@lru_cache
def _statements(app: Flask) -> tuple[str, str]:
    """The SQL of the page with its values in it."""
    seen: list[Any] = []

    def note(_connection: Any, statement: Any, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        conditions = criteria(BoardFilter(), usuario_id=1, now=utcnow())
        sa.event.listen(db.engine, "before_execute", note)
        list_cells(conditions, COLUMN_SIZE)
        sa.event.remove(db.engine, "before_execute", note)
        cards = cards_statement().where(sa.text("oficios.id IN (__IDS__)"))
        dialect = db.engine.dialect
        texts = [
            str(item.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
            for item in (seen[0], cards)
        ]
        db.session.rollback()
    return texts[0].replace("%%", "%"), texts[1].replace("%%", "%")


def __getattr__(name: str) -> Flask:
    """``app``, made when gunicorn asks for it and not when a name is imported from here."""
    if name == "app":
        return floor_app()
    raise AttributeError(name)
