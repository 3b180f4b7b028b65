"""Texts that probably mention an erased person: somebody decides on each, nothing is claimed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from app.core.personal_data import Borrado, Dato, Titular
from app.db import Model, db
from app.supresion.rules.menciones import partly
from app.titulares.models import Solicitud, TextoDeArchivo
from app.titulares.queries.lugares import case_of, list_models, primary_key
from app.titulares.queries.persona import may_hold
from app.titulares.rules.identidad import Buscado

#: Probable mentions that one erasure lists: of a common surname there may be any number.
_LISTED = 200
#: Shorter columns hold numbers and codes, not sentences.
_FREE_TEXT = 100
_WHAT = "posible mención: un apellido o parte de la patente"


def list_mentions(
    buscado: Buscado, own: Collection[int], keep: Collection[int]
) -> list[dict[str, Any]]:
    """Free texts with one surname, or a part of the plate, of a person: those of ``own`` first.

    ``keep`` are cases that stay as they are. Rows that prove something are left out. Where there
    are too many, the last entry says how many are not listed.
    """
    vague = partly(buscado)
    found: list[dict[str, Any]] = []
    for model in list_models() if vague.identificadores else ():
        personal = model.__personal__
        if (
            model in {Solicitud, TextoDeArchivo}
            or personal.borrado in {Borrado.GUARDAR, Borrado.SELLO}
            or personal.titular in {Titular.OFICINA, Titular.BUFFET, Titular.RECEPTOR}
        ):
            continue
        for name in personal.columns(Dato.TEXTO):
            length = getattr(model.__table__.c[name].type, "length", None)
            if length and length < _FREE_TEXT:
                continue
            found += [
                {
                    "tabla": model.__tablename__,
                    "fila": key,
                    "columna": name,
                    "caso": case_id,
                    "que": _WHAT,
                }
                for key, case_id in _rows_with(model, name, vague)
                if case_id not in keep
            ]
    found.sort(key=lambda each: each["caso"] not in own)
    left = len(found) - _LISTED
    if left > 0:
        rest = {"tabla": "otros textos", "fila": left, "que": f"{_WHAT}; no caben en esta lista"}
        return [*found[:_LISTED], rest]
    return found


def _rows_with(model: type[Model], name: str, vague: Buscado) -> list[tuple[Any, int | None]]:
    likely = may_hold(model, name, vague)
    if likely is None:
        return []
    case, column = case_of(model), model.__table__.c[name]
    statement = sa.select(
        primary_key(model), case if case is not None else sa.null(), column
    ).where(likely)
    return [
        (key, case_id)
        for key, case_id, text in db.session.execute(statement)
        if text and vague.found_in(text)
    ]


def read_mention(mention: Mapping[str, Any]) -> str:
    """What the text of a probable mention says now; empty once it is gone."""
    model = model_of(mention)
    statement = sa.select(model.__table__.c[mention["columna"]]).where(
        primary_key(model) == mention["fila"]
    )
    return db.session.scalar(statement) or ""


def model_of(mention: Mapping[str, Any]) -> type[Model]:
    """The model in whose table a probable mention stands."""
    return next(each for each in list_models() if each.__tablename__ == mention["tabla"])
