"""More ids than a database takes parameters are asked for in one statement."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from app.db import db, is_among
from app.oficios.models import Oficio
from app.usuarios.rules import Rol
from tests.factories import make_buffet, make_oficio, make_usuario


def test_any_number_of_ids_is_one_parameter(app: Flask) -> None:
    buffet, admin = make_buffet(app), make_usuario(app, Rol.ADMIN)
    first, second, third = (make_oficio(app, buffet, admin).id for _ in range(3))
    with app.app_context():

        def found(*ids: int) -> list[int]:
            statement = sa.select(Oficio.id).where(is_among(Oficio.id, ids)).order_by(Oficio.id)
            return list(db.session.scalars(statement))

        assert found(first, third) == [first, third]
        assert found(*range(third, third + 70_000)) == [third]
        assert found() == []
        assert found(second, second, 0) == [second]
