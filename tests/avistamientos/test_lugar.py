"""The gantry that a sighting's text means, wherever the newest sighting is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.avistamientos.aviso import list_for_notice
from app.avistamientos.lugar import name_gantry
from app.avistamientos.models import Avistamiento
from app.avistamientos.queries import sightings_statement
from app.avistamientos.rules import Fuente
from app.db import db, transaction
from app.informes.secciones import place_sightings
from app.porticos.models import Portico


@pytest.fixture
def matched(app, oficio):
    """A crossing whose text was tied to a gantry with a place."""
    with app.app_context(), transaction():
        portico = Portico(
            clave="costanera norte/p5",
            autopista="Costanera Norte",
            codigo="P5",
            tramo="Carrascal – Vivaceta",
            lat=-33.41,
            lon=-70.68,
        )
        db.session.add(portico)
        db.session.flush()
        db.session.add(
            Avistamiento(
                oficio_id=oficio.id,
                fuente=Fuente.PORTICO,
                fecha=date(2026, 11, 20),
                fecha_hora=datetime(2026, 11, 20, 11, 15, tzinfo=UTC),
                ubicacion="PTCO 5 OP",
                empresa="SCCN",
                autopista="Costanera Norte",
                portico_id=portico.id,
                clave="a",
            )
        )


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (
            ("Costanera Norte", "P5", "Carrascal – Vivaceta"),
            "Costanera Norte P5 Carrascal – Vivaceta",
        ),
        (("Ruta 68", "Ruta 68 Lo Prado", None), "Ruta 68 Lo Prado"),
    ],
)
def test_a_gantry_says_its_road_once(parts, name):
    assert name_gantry(*parts) == name


def test_the_notice_to_the_receptor_tells_both_the_text_and_the_gantry(app, oficio, matched):
    with app.app_context():
        (sighting,) = list_for_notice(oficio.id)

    assert "PTCO 5 OP (Costanera Norte P5 Carrascal – Vivaceta)" in vars(sighting).values()


def test_a_card_of_the_board_names_the_road_of_the_catalogue(investigador, oficio, matched):
    card = investigador.get("/tablero").text

    assert "· Costanera Norte</span>" in card
    assert 'title="Costanera Norte · PTCO 5 OP"' in card


def test_the_expediente_draws_it_where_the_catalogue_has_it(app, oficio, matched):
    with app.app_context():
        rows = db.session.scalars(sightings_statement(oficio.id)).all()
        ((_, letter, position),) = place_sightings(rows)

    assert (letter, position) == ("A", (-33.41, -70.68))
