"""Numbers that no column holds, and a setting that may not be empty, get a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.ajustes.models import Ajuste
from app.db import db, transaction
from app.oficios.models import Oficio
from app.titulares.rules.solicitudes import IN_FORCE

HUGE = "9" * 400


@pytest.mark.parametrize("typed", [HUGE, "-" + HUGE, "1e400", "9" * 5000])
def test_a_number_that_no_column_holds_gets_a_sentence(
    typed: str, admin: FlaskClient, oficio: Oficio
) -> None:
    limits = admin.post("/tablero/limites", data={"pendiente": typed, "investigacion": "7"})
    breach = admin.post("/admin/brechas/nueva", data={"numero_datos": typed})
    postponed = admin.post(
        f"/oficios/{oficio.id}/posponer", data={"dias": "3", "seguimiento": typed}
    )

    assert limits.status_code == 422
    assert 'value="7"' in limits.text, "what else was typed is kept"
    assert breach.status_code == 422
    assert postponed.status_code < 500


def test_the_day_of_the_law_may_not_be_empty_and_an_empty_one_is_the_default(
    app: Any, admin: FlaskClient, stranger: FlaskClient, rows: Callable[..., list[Any]]
) -> None:
    refused = admin.post("/admin/ajustes", data={IN_FORCE.field: " "})
    with app.app_context(), transaction():
        db.session.merge(Ajuste(clave=IN_FORCE.clave, valor=""))

    assert "Escriba este dato: Fecha en que rige la ley." in refused.text
    for client, page in ((stranger, "/datos-personales"), (admin, "/admin/personas/solicitudes")):
        assert client.get(page).status_code == 200
    assert "1 de diciembre de 2026" in stranger.get("/datos-personales").text or (
        "01-12-2026" in stranger.get("/datos-personales").text
    )
