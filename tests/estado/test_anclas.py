"""What *Estado* says of the anchors and of the office's chain, and never claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.anclaje.models import SelloTiempo
from app.anclaje.service import anchor
from app.core.clock import utcnow
from app.core.sealed import OFFICE_CHAIN
from app.custodia.models import Revision
from app.db import db, transaction
from app.estado.queries import list_partes
from app.jobs.models import Trabajo

CONFIG = "rastro_config"
ASKED = "https://tsa.example/tsr"


def part(app, nombre, *, days=0):
    """How it is called so many days from now."""
    with app.app_context():
        now = utcnow() + timedelta(days=days)
        partes = list_partes(app.extensions[CONFIG], now)
        return next((one.tono, one.texto) for one in partes if one.nombre == nombre)


@pytest.fixture
def anchored(app):
    with app.app_context(), transaction():
        anchor(utcnow())
    return app


def test_an_anchor_without_authority_claims_no_stamp(app):
    tono, texto = part(app, "Anclas")
    assert (tono, "Todavía no hay ninguna" in texto) == ("warn", True)

    with app.app_context(), transaction():
        anchor(utcnow())
    tono, texto = part(app, "Anclas")
    assert tono == "warn"
    assert "Ninguna autoridad" in texto


def test_two_days_of_silence_are_told(anchored):
    assert part(anchored, "Anclas", days=1)[0] == "warn"
    tono, texto = part(anchored, "Anclas", days=2)
    assert tono == "danger"
    assert "Noches sin ancla: 2" in texto


def test_what_an_authority_did_is_told(app):
    app.extensions[CONFIG] = replace(app.extensions[CONFIG], tsa_urls=(ASKED,))
    with app.app_context(), transaction():
        anchor(utcnow())
    assert part(app, "Anclas") == ("ok", part(app, "Anclas")[1])
    assert "Se espera el sello de tiempo de tsa.example" in part(app, "Anclas")[1]

    with app.app_context(), transaction():
        db.session.query(Trabajo).update({"error": "El sello de tiempo no llegó."})
    tono, texto = part(app, "Anclas")
    assert tono == "warn"
    assert "tsa.example: El sello de tiempo no llegó." in texto

    with app.app_context(), transaction():
        db.session.add(
            SelloTiempo(
                ancla_id=1, tsa="tsa.example", respuesta=b"x", sellado_at=utcnow(), firmante=""
            )
        )
    assert part(app, "Anclas")[0] == "ok"
    assert "La selló tsa.example" in part(app, "Anclas")[1]


def test_findings_of_the_offices_chain_are_told(app):
    assert part(app, "Custodia de la oficina")[0] == "warn"
    with app.app_context(), transaction():
        db.session.add(Revision(cadena=OFFICE_CHAIN, secuencia=0, hash="0" * 64, problemas=[]))
    tono, texto = part(app, "Custodia de la oficina")
    assert tono == "ok"
    assert "calzaban con su cadena" in texto
    with app.app_context(), transaction():
        row = db.session.get_one(Revision, OFFICE_CHAIN)
        row.problemas = [{"texto": "Ya no está la apertura n.º 3.", "hallazgo": "falta"}]
    tono, texto = part(app, "Custodia de la oficina")
    assert tono == "danger"
    assert "Ya no está la apertura n.º 3." in texto
