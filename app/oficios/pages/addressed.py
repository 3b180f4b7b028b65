"""Whom one may mention in a case, offered while one types."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.oficios.access import oficio_to_work
from app.oficios.pages.blueprint import bp
from app.oficios.service.addressed import list_mentionable, read_mentions
from app.web.access import staff_required


@bp.get("/<int:oficio_id>/menciones")
@staff_required
def mentionable(oficio_id: int) -> ResponseReturnValue:
    """The names of the colleagues who may see the case, for the script to offer."""
    oficio = oficio_to_work(oficio_id)
    people = [one.nombre for one in list_mentionable(oficio.id) if one.id != current_user.id]
    return jsonify(personas=people)


def mention_warnings(oficio_id: int, words: str) -> list[str]:
    """What to say of names behind an @ that nobody bears who may see the case."""
    _found, unknown = read_mentions(oficio_id, words)
    if not unknown:
        return []
    return [
        f"A {', '.join(dict.fromkeys(unknown))} no se le avisó: ninguna persona que pueda ver este "
        "caso se llama así, o hay más de una. Elija el nombre de la lista al escribir @."
    ]
