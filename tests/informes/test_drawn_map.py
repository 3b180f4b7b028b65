"""The map of an expediente places exactly what the case page identified, and nothing else."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime

import pytest

from app.avistamientos.models import Avistamiento
from app.avistamientos.queries import sightings_statement
from app.avistamientos.rules.crossings import Crossing
from app.avistamientos.service import correct_gantry
from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.queries.section_rows import avistamiento_rows, mapa_part, place_sightings
from app.jobs.runner import work
from app.porticos.models import Portico
from app.porticos.service import set_active
from app.usuarios.models import Usuario
from tests.avistamientos.rows import an_answer, make_sighting, store
from tests.plugins.application import HTMX
from tests.porticos.rows import find_gantry, load_catalogue

#: Named by road, code and stretch; by road and code; not at all; by a code alone; by a company.
TEXTS = (
    ("Autopista Central, pórtico PA19 (Ruta 5 Sur – Américo Vespucio)", "Autopista Central"),
    ("COSTANERA NORTE P5", "Costanera Norte"),
    ("Salida sin señalizar km 12", "Autopista Central"),
    ("pórtico PA19", None),
    (None, "Autopista Central"),
)


@pytest.fixture
def case(app, oficio):
    """A case whose provider told of these places, with the catalogue that the product brings."""
    load_catalogue(app)
    store(
        app,
        oficio,
        an_answer(
            Crossing(moment.date(), moment, ubicacion, empresa)
            for number, (ubicacion, empresa) in enumerate(TEXTS)
            for moment in [datetime(2026, 11, 2 + number, 12, 0, tzinfo=UTC)]
        ),
    )
    return oficio


def on_the_page(client, oficio) -> set[tuple[float, float]]:
    """The positions of sightings on the map of the case page."""
    text = client.get(f"/oficios/{oficio.id}/avistamientos/panorama", headers=HTMX).text
    found = re.search(r'data-puntos="([^"]*)"', text)
    drawn = json.loads(html.unescape(found[1])) if found else []
    return {(p["lat"], p["lon"]) for p in drawn if p["tipo"] in ("portico", "avistamiento")}


def on_paper(app, oficio) -> set[tuple[float, float]]:
    """The positions of sightings on the map of the expediente."""
    with app.app_context():
        placed = place_sightings(db.session.scalars(sightings_statement(oficio.id)).all())
        return {position for _, _, position in placed if position is not None}


def correct(app, oficio, ubicacion, portico_id) -> None:
    with app.app_context(), transaction():
        row = db.session.query(Avistamiento).filter_by(ubicacion=ubicacion).one()
        portico = db.session.get_one(Portico, portico_id) if portico_id else None
        actor = db.session.query(Usuario).order_by(Usuario.id).limit(1).one()
        correct_gantry(row, portico, actor=actor, now=utcnow())


def test_both_maps_show_the_identified_gantries_and_no_likeness(app, case, investigador):
    expected = {
        (find_gantry(app, road, code).lat, find_gantry(app, road, code).lon)
        for road, code in (("Autopista Central", "PA19"), ("Costanera Norte", "P5"))
    } - {(None, None)}

    assert on_paper(app, case) == on_the_page(investigador, case)
    assert expected <= on_paper(app, case)


def test_a_text_that_a_person_called_unknown_has_no_place_on_either_map(app, case, investigador):
    before = on_paper(app, case)
    correct(app, case, TEXTS[0][0], None)
    correct(app, case, TEXTS[3][0], None)

    assert on_paper(app, case) == on_the_page(investigador, case)
    assert len(on_paper(app, case)) < len(before)


def test_a_corrected_text_is_where_the_person_said(app, case, investigador):
    right = find_gantry(app, "Autopista Central", "PA19")
    correct(app, case, TEXTS[2][0], right.id)

    assert on_paper(app, case) == on_the_page(investigador, case)
    assert (right.lat, right.lon) in on_paper(app, case)


def test_with_every_gantry_out_of_use_nothing_new_is_placed(
    app, oficio, investigador, usuario_admin
):
    load_catalogue(app)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        for row in db.session.query(Portico).all():
            set_active(row, activo=False, actor=actor, now=utcnow())
    moment = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    store(app, oficio, an_answer([Crossing(moment.date(), moment, *TEXTS[0])]))

    assert on_paper(app, oficio) == on_the_page(investigador, oficio) == set()


def test_gantries_that_go_out_of_use_keep_the_places_of_their_time(
    app, case, investigador, usuario_admin
):
    before = on_paper(app, case)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        for row in db.session.query(Portico).all():
            set_active(row, activo=False, actor=actor, now=utcnow())
    with app.app_context():
        work("test")

    assert on_paper(app, case) == on_the_page(investigador, case) == before


def test_a_sighting_of_a_person_at_a_gantrys_name_is_where_the_person_stood_or_nowhere(
    app, case, investigador, usuario_investigador
):
    before = on_paper(app, case)
    make_sighting(app, case, usuario_investigador, ubicacion=TEXTS[0][0])

    assert on_paper(app, case) == on_the_page(investigador, case) == before


def test_a_row_names_the_gantry_that_its_text_does_not(app, case):
    with app.app_context():
        sightings = db.session.scalars(sightings_statement(case.id)).all()
        placed = place_sightings(sightings)
        rows = {row["lugar"].split("] ")[-1]: row["notas"] for row in avistamiento_rows(placed)}
        note = mapa_part(placed, [])["nota"]

    assert "Pórtico" not in rows["COSTANERA NORTE P5"]
    assert "Pórtico" not in rows["Salida sin señalizar km 12"]
    assert "de 5 avistamientos no tienen coordenadas" in note
