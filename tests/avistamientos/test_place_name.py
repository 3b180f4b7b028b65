"""The gantry that a sighting's text means, wherever the newest sighting is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.avistamientos.models import Avistamiento
from app.avistamientos.queries import sightings_statement
from app.avistamientos.queries.newest_sightings import list_for_notice
from app.avistamientos.rules import Fuente
from app.avistamientos.rules.place_name import name_gantry
from app.core.text import join_once
from app.db import db, transaction
from app.informes.queries.section_rows import place_sightings
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


def test_the_notice_to_the_receptor_names_the_gantry_once(app, oficio, matched):
    with app.app_context():
        (sighting,) = list_for_notice(oficio.id)

    assert sighting.donde == "Costanera Norte P5 Carrascal – Vivaceta"
    assert sighting.quien == "Pórtico"


@pytest.mark.parametrize(
    ("ubicacion", "empresa", "donde", "quien"),
    [
        (
            "Autopista Central, pórtico PA19",
            "Autopista Central",
            "Autopista Central, pórtico PA19",
            "Pórtico",
        ),
        (None, "Vespucio Sur", "Vespucio Sur", "Pórtico"),
        ("AUTOPISTA CENTRAL", "Autopista central", "AUTOPISTA CENTRAL", "Pórtico"),
        ("Peaje Norte", "Autopista Central", "Peaje Norte", "Pórtico, Autopista Central"),
        (None, None, "lugar no informado", "Pórtico"),
    ],
)
def test_a_company_that_the_place_names_is_not_said_again(
    app, oficio, ubicacion, empresa, donde, quien
):
    with app.app_context(), transaction():
        db.session.add(
            Avistamiento(
                oficio_id=oficio.id,
                fuente=Fuente.PORTICO,
                fecha=date(2026, 11, 20),
                ubicacion=ubicacion,
                empresa=empresa,
                clave="b",
            )
        )
    with app.app_context():
        (sighting,) = list_for_notice(oficio.id)

    assert (sighting.donde, sighting.quien) == (donde, quien)


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (["Costanera Norte", "Costanera Norte P5"], "Costanera Norte P5"),
        (["Vespucio Sur", "VESPUCIO SUR"], "Vespucio Sur"),
        (["Norte", "Nortes 5", None, ""], "Norte · Nortes 5"),
        ([None], ""),
    ],
)
def test_what_is_said_already_is_not_said_again(parts, line):
    assert join_once(parts) == line


def test_a_card_of_the_board_names_the_road_of_the_catalogue(investigador, oficio, matched):
    card = investigador.get("/tablero").text

    assert "· Costanera Norte</span>" in card
    assert 'title="Costanera Norte · PTCO 5 OP"' in card


def test_the_expediente_draws_it_where_the_catalogue_has_it(app, oficio, matched):
    with app.app_context():
        rows = db.session.scalars(sightings_statement(oficio.id)).all()
        ((_, letter, position),) = place_sightings(rows)

    assert (letter, position) == ("A", (-33.41, -70.68))
