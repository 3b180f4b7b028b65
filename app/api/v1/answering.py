"""Serialises answers of the API: one object with its ETag, or one page of a list."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, g, jsonify, request
from pydantic import BaseModel

from app.api.v1.schemas.base import Paging
from app.core.errors import RastroError
from app.db import db
from app.web.fragments import is_read


class PreconditionFailed(RastroError):
    """Somebody changed the thing since the asker read it (``If-Match``)."""

    def __init__(self) -> None:
        super().__init__(
            "Alguien lo cambió desde que usted lo leyó (If-Match). Léalo otra vez y repita el "
            "cambio sobre lo que ahora dice."
        )


def answer(schema: BaseModel, status: int = 200) -> Response:
    """Serialise one object with its ETag; answer 304 when the client's copy is current."""
    note_cases([schema])
    text = _write(schema)
    response = current_app.response_class(text, status, mimetype="application/json")
    response.set_etag(_mark(schema, text))
    if is_read() and status == 200:
        response.make_conditional(request)
    return response


def answer_list(
    statement: sa.Select[Any],
    paging: Paging,
    show: Callable[[Any], BaseModel],
    *,
    scalars: bool = True,
) -> Response:
    """Serialise one page of rows; ``X-Total-Count`` holds the total."""
    total = db.session.scalar(
        sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    )
    part = statement.offset(paging.skip).limit(paging.limit)
    rows = db.session.scalars(part) if scalars else db.session.execute(part)
    return show_list([show(row) for row in rows], total or 0)


def show_list(items: list[Any], total: int) -> Response:
    """Serialise a page of rows that was already read."""
    note_cases(items)
    response = jsonify([item.model_dump(mode="json", by_alias=True) for item in items])
    response.headers["X-Total-Count"] = str(total)
    return response


def note_cases(items: Iterable[Any]) -> None:
    """Keep of which cases an answer tells; ``bearer_required`` records them for who is outside."""
    told: set[int] = g.setdefault("api_casos", set())
    for item in items:
        note_cases(getattr(item, "tarjetas", ()))
        oficio_id = getattr(item, "oficio_id", None)
        if oficio_id is None and hasattr(item, "numero_oficio"):
            oficio_id = item.id
        if oficio_id is not None:
            told.add(oficio_id)


def must_match(schema: BaseModel) -> None:
    """Hold a thing as it stands against the asker's ``If-Match``, if there is one.

    Of a thing with a version only that is compared: what the system notes beside it (a check, a
    visit) makes nobody's change stale.

    Raises:
        PreconditionFailed: they have seen another state of it.
    """
    if "If-Match" not in request.headers:
        return
    mark = _mark(schema, _write(schema))
    seen = request.if_match
    if seen.star_tag or mark in seen:
        return
    version = mark.partition("-")[0]
    # Werkzeug parses an empty ETag as None.
    if not any(tag and tag.partition("-")[0] == version for tag in seen.as_set()):
        raise PreconditionFailed


def _write(schema: BaseModel) -> str:
    return schema.model_dump_json(by_alias=True) + "\n"


def _mark(schema: BaseModel, text: str) -> str:
    """``<version>-<hash>`` of a thing with a version, else the hash alone."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    version = getattr(schema, "version", None)
    return digest if version is None else f"{version}-{digest}"
