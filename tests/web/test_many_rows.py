"""Rows that are written by one statement are the rows that SQLAlchemy would have written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.custodia.service.collecting import UnsealedWrite, noting
from app.db import change_many, db, insert_many, insert_one, put_many, put_one, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Estado, Prioridad
from tests.factories import make_oficio

OFICIOS = Oficio.metadata.tables["oficios"]
ODD = 'Ñandú «€» 😀 100 % \\ " \' :a %s ?\n\t{"a": [1]}'


@pytest.fixture
def template(app, buffet, usuario_admin) -> dict[str, Any]:
    """All columns of a case but its id, as the database gives them back."""
    pk = make_oficio(app, buffet, usuario_admin).id
    with app.app_context():
        row = db.session.execute(sa.select(OFICIOS).where(OFICIOS.c.id == pk)).one()
    return {name: value for name, value in row._mapping.items() if name != "id"}


def test_what_is_written_at_once_is_what_each_row_alone_would_be(app, template):
    odd = template | {
        "caratulado": ODD,
        "notas_generales": None,
        "advertencias_ingreso": {"Ñ": ODD, "n": None, "si": True},
        "fecha_limite": date(2026, 12, 31),
        "created_at": datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        "estado": Estado.INVESTIGACION,
        "prioridad": Prioridad.URGENTE,
        "fuerza_publica": True,
    }
    rows = [odd | {"numero_oficio": f"V-{index}"} for index in range(3)]
    alone = [odd | {"numero_oficio": f"U-{index}"} for index in range(3)]
    with app.app_context():
        with transaction(), noting():
            insert_many(OFICIOS, rows[:2])
            insert_one(OFICIOS, rows[2])
            for row in alone:
                db.session.connection().execute(sa.insert(OFICIOS), row)
        found = {
            row.numero_oficio: {**row._mapping, "id": 0, "numero_oficio": ""}
            for row in db.session.execute(sa.select(OFICIOS))
        }
        text = sa.select(OFICIOS.c.numero_oficio, sa.cast(OFICIOS.c.advertencias_ingreso, sa.Text))
        as_text = dict(db.session.execute(text).all())
    for index in range(3):
        assert found[f"V-{index}"] == found[f"U-{index}"]
        assert as_text[f"V-{index}"] == as_text[f"U-{index}"]
    assert found["V-0"]["caratulado"] == ODD


def test_values_change_row_by_row_and_a_known_key_is_replaced(app, template):
    with app.app_context():
        with transaction(), noting():
            insert_many(OFICIOS, [template | {"numero_oficio": f"V-{n}"} for n in range(3)])
        ids = db.session.scalars(
            sa.select(OFICIOS.c.id).where(OFICIOS.c.numero_oficio.like("V-%")).order_by("id")
        ).all()
        with transaction(), noting():
            change_many(OFICIOS, [{"id": ids[0], "rol": "C-1"}, {"id": ids[2], "rol": ODD[:40]}])
            whole = template | {"id": ids[1], "numero_oficio": "V-1", "rol": "C-9"}
            put_many(OFICIOS, [whole, template | {"id": ids[2] + 7, "numero_oficio": "V-8"}])
        rol = dict(db.session.execute(sa.select(OFICIOS.c.id, OFICIOS.c.rol)).all())
    assert [rol[pk] for pk in ids] == ["C-1", "C-9", ODD[:40]]
    assert rol[ids[2] + 7] == template["rol"]


def test_one_row_takes_the_place_of_a_known_key_or_leaves_it(app, template):
    known = template | {"id": 9_000, "numero_oficio": "V-1"}
    with app.app_context():
        with transaction(), noting():
            insert_one(OFICIOS, known)
            put_one(OFICIOS, known | {"rol": ODD[:40]})
            put_one(OFICIOS, known | {"id": 9_001, "numero_oficio": "V-2", "rol": "C-2"})
            insert_one(OFICIOS, known | {"rol": "C-9"}, unless_known=True)
            insert_one(OFICIOS, known | {"id": 9_002, "rol": "C-3"}, unless_known=True)
        rol = dict(db.session.execute(sa.select(OFICIOS.c.id, OFICIOS.c.rol)).all())
        with pytest.raises(IntegrityError), transaction(), noting():
            insert_one(OFICIOS, known)
        with pytest.raises(UnsealedWrite), transaction():
            insert_one(OFICIOS, known | {"id": 9_003})
    assert rol[9_000] == ODD[:40]
    assert rol[9_001] == "C-2"
    assert 9_002 not in rol


def test_what_the_model_or_the_database_refuses_is_refused_and_nothing_stays(app, template):
    with app.app_context():
        for values, error in (
            ({"caratulado": "a" * 5_000}, (sa.exc.StatementError, ValueError)),
            ({"caratulado": "\x00"}, (sa.exc.StatementError, ValueError)),
            ({"estado": "inventado"}, (sa.exc.StatementError, LookupError)),
            ({"buffet_id": 987_654}, IntegrityError),
        ):
            with pytest.raises(error), transaction(), noting():
                insert_many(OFICIOS, [template | {"numero_oficio": "V-1"}, template | values])
        with pytest.raises(UnsealedWrite), transaction():
            insert_many(OFICIOS, [template | {"numero_oficio": "V-1"}])
        gone = sa.select(OFICIOS.c.id).where(OFICIOS.c.numero_oficio == "V-1")
        assert db.session.execute(gone).first() is None
        insert_many(OFICIOS, [])
