"""The catalogue says where a gantry stands: who changes it behind Rastro's back is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.sealed import OFFICE_CHAIN
from app.custodia.service import verify
from app.db import db
from app.porticos.models import Portico
from app.usuarios.models import Usuario
from tests.porticos.rows import make_catalogue


def findings(app: Flask) -> str:
    with app.app_context():
        return " ".join(one.texto for one in verify(OFFICE_CHAIN).problemas)


def test_a_gantry_is_sealed_as_the_office_has_it(
    app: Flask,
    admin: FlaskClient,
    usuario_admin: Usuario,
    rows: Callable[..., list[Any]],
) -> None:
    made = make_catalogue(app, usuario_admin)
    first = rows(Portico)[0]
    admin.post(f"/admin/porticos/{first.id}/activo", data={"version": first.version})
    assert findings(app) == ""

    with app.app_context(), db.engine.begin() as connection:
        statement = sa.text("UPDATE porticos SET comuna = 'Otra' WHERE id = :pk")
        connection.execute(statement, {"pk": first.id})

        statement = sa.text("DELETE FROM portico_alias WHERE id = :pk")
        connection.execute(statement, {"pk": made["alias_id"]})

    said = findings(app)
    assert f"Se cambió el pórtico n.º {first.id}: comuna" in said
    assert f"Ya no está la corrección de un pórtico n.º {made['alias_id']}" in said
