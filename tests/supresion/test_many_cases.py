"""An erasure of more than 500 cases keeps nobody waiting: ``write_lock.py`` times each step.

The rows of all 520 once took 37 s in 4,196 transactions, the longest of 29 ms; here three cases are
emptied, and the others count as done, so that what grows with their number is as large.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.supresion.models import PasoSupresion, Supresion
from app.supresion.rules import Trato
from app.supresion.service import confirm_erasure, erase_next
from app.titulares.rules.identidad import read_buscado
from app.usuarios.models import Usuario
from tests.planillas.listados import make_importacion, make_list, press_import

CASES = 520
_LETTERS = "BCDFGHJKLPRSTVWXYZ"


def plate(number: int) -> str:
    """A plate for each number."""
    base = len(_LETTERS)
    letters = (number % base, number // base % base, number // base**2, 0)
    return "".join(_LETTERS[one] for one in letters) + f"{10 + number % 90}"


def test_five_hundred_cases_are_erased_in_short_transactions(
    app: Flask,
    admin: FlaskClient,
    buffet: Buffet,
    usuario_admin: Usuario,
    rows: Callable[..., list[Any]],
) -> None:
    court = "1º Juzgado Civil de Santiago"
    content = make_list(*((f"OF-{one}", plate(one), court, "Ñuñoa") for one in range(CASES)))
    listed = make_importacion(app, buffet, usuario_admin, contenido=content)
    press_import(admin, f"/importar/{listed}")
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE oficios SET estado = 'finalizado_encontrado'"))
        ids = list(db.session.scalars(sa.select(Oficio.id)))
        assert len(ids) == CASES
        with transaction():
            actor = db.session.get_one(Usuario, usuario_admin.id)
            erasure = confirm_erasure(
                read_buscado(rut="5.126.663-3", nombre="José Núñez Peña"),
                dict.fromkeys(ids, Trato.ANONIMIZAR),
                "Solicitud 1",
                secret="secret",
                actor=actor,
                now=utcnow(),
            ).id
        for _case in range(3):
            assert erase_next(erasure, now=utcnow())
        steps = list(db.session.scalars(sa.select(PasoSupresion)))
        ended = {step.caso for step in steps if step.termina}
        assert len(ended) == 3
        like = max((step.hechos for step in steps), key=lambda hechos: len(str(hechos)))
        with transaction():
            db.session.add_all(
                PasoSupresion(supresion_id=erasure, caso=one, termina=True, hechos=like)
                for one in ids
                if one not in ended
            )
        assert erase_next(erasure, now=utcnow())
        assert not erase_next(erasure, now=utcnow())

    (done,) = rows(Supresion)
    assert done.filas_at is not None
    assert all(one["hecho"] for one in done.casos)
    assert rows(PasoSupresion) == []
