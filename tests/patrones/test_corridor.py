"""The strip of gantries: what it shows, where it says to look, and a visit from its windows."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio, Seguimiento
from app.oficios.rules import Actividad, Estado
from app.patrones.queries.gantry_strip import read_corridor
from app.patrones.rules import Paso, next_day
from app.patrones.rules.corridor import FEWEST, MOST, Poste, find_corridor
from app.patrones.rules.weekly_windows import Franja
from app.porticos.models import Portico
from app.porticos.rules.direction import find_end
from tests.patrones.weeks import AUGUST, at, habit
from tests.plugins.application import HTMX
from tests.porticos.rows import load_catalogue

COMUNAS = ("Pudahuel", "Renca", "Renca", "Vitacura", "Las Condes")


def posts(count: int = 5, **values: str) -> list[Poste]:
    """A road from west to east: a gantry of each roadway at each place, some 60 m apart."""
    return [
        Poste(
            id=10 * number + side,
            autopista="Costanera Norte",
            codigo=f"P{number}",
            tramo=f"{number} – {number + 1}" if side else f"{number + 1} – {number}",
            sentido="poniente→oriente" if side else "oriente→poniente",
            hacia="oriente" if side else "poniente",
            comuna=COMUNAS[number % 5],
            lat=-33.4,
            lon=-70.8 + number * 0.03 + side * 0.0006,
            **values,
        )
        for number in range(count)
        for side in (0, 1)
    ]


def passes(number: int, side: int, hour: int, times: int) -> list[Paso]:
    return [
        Paso(
            AUGUST + timedelta(days=day),
            at(AUGUST + timedelta(days=day), hour),
            via="Costanera Norte",
            sentido="poniente→oriente" if side else "oriente→poniente",
            portico_id=10 * number + side,
        )
        for day in range(times)
    ]


def test_bars_by_direction_and_a_place_to_look_at_each_end():
    pasos = [
        paso for number in (2, 3) for paso in (*passes(number, 1, 7, 6), *passes(number, 0, 18, 5))
    ]

    strip = find_corridor([*pasos, Paso(AUGUST)], posts())

    assert strip
    assert [one.nombre for one in strip.estaciones] == ["0 – 1", "1 – 2", "2 – 3", "3 – 4", "4 – 5"]
    assert [(one.arriba, one.abajo) for one in strip.estaciones] == [
        (0, 0),
        (0, 0),
        (6, 5),
        (6, 5),
        (0, 0),
    ]
    assert (strip.arriba, strip.abajo) == ("mañana, hacia oriente", "tarde, hacia poniente")
    assert (strip.desde, strip.hasta, strip.pasos, strip.total) == ("poniente", "oriente", 22, 23)
    assert [(one.tras, one.donde) for one in strip.busquedas] == [
        (1, "Renca"),
        (3, "Vitacura o Las Condes"),
    ]
    assert (strip.busquedas[1].con_pasadas, strip.busquedas[1].sin_pasadas) == ("3 – 4", "4 – 5")
    assert [one.is_newest for one in strip.estaciones].count(True) == 1
    assert list(strip.inside) == [2, 3]


def test_few_crossings_draw_nothing_and_claim_nothing():
    assert find_corridor(passes(2, 1, 7, FEWEST - 1), posts()) is None
    assert find_corridor([], posts()) is None

    # One crossing at the end is too little to say that it stops behind it.
    strip = find_corridor([*passes(2, 1, 7, 6), *passes(3, 1, 7, 1)], posts())
    assert strip
    assert [one.tras for one in strip.busquedas] == [1]


def test_at_the_end_of_a_road_there_is_no_gantry_that_does_not_see_it():
    strip = find_corridor([*passes(0, 1, 7, 6), *passes(4, 1, 7, 6)], posts())

    assert strip
    assert not strip.busquedas


def test_a_crossing_whose_source_tells_no_direction_is_of_none():
    blind = [Paso(AUGUST, at(AUGUST, 7), portico_id=21) for _ in range(6)]

    strip = find_corridor(blind, posts())

    assert strip
    [seen] = [one for one in strip.estaciones if one.total]
    assert (seen.arriba, seen.abajo, seen.sin_sentido) == (0, 0, 6)
    assert strip.arriba is strip.abajo is None


def test_roads_of_one_concession_are_apart_and_a_long_one_is_cropped():
    branch = posts(5)
    other = [
        Poste(
            900, "Costanera Norte", "P7", "A – B (Kennedy)", "poniente→oriente", "oriente", None,
            -33.4, -70.7,
        )
    ]  # fmt: skip
    strip = find_corridor(passes(2, 1, 7, 6), [*branch, *other])
    assert strip
    assert strip.ramal == ""
    assert all(one.nombre != "A – B" for one in strip.estaciones)

    long = find_corridor(passes(10, 1, 7, 6), posts(25))
    assert long
    assert len(long.estaciones) <= MOST


@pytest.mark.parametrize(
    ("hour", "expected"), [(7, AUGUST), (19, AUGUST + timedelta(days=1))], ids=["before", "after"]
)
def test_the_next_day_of_a_window(hour: int, expected: date):
    window = Franja((0, 1), 7 * 60, 8 * 60, 5, 6, 5, 6, (), 0.001, is_over=False, ultima=AUGUST)

    assert next_day(window, at(AUGUST, hour)) == expected


def test_a_road_that_the_catalogue_tells_by_its_ends_has_both_directions(app):
    load_catalogue(app)
    with app.app_context():
        ids = dict(
            db.session.execute(
                sa.select(Portico.codigo, Portico.id).where(Portico.autopista == "AVO I")
            ).all()
        )
        pasos = [
            Paso(
                AUGUST,
                at(AUGUST + timedelta(days=day), hour),
                via="AVO I",
                sentido=way,
                portico_id=ids[code],
            )
            for day in range(5)
            for code, hour, way in (
                ("P104", 7, "Príncipe de Gales→El Salto"),
                ("P206", 18, "El Salto→Príncipe de Gales"),
            )
        ]
        strip = read_corridor(pasos)

    assert strip
    assert (strip.arriba, strip.abajo) == (
        "mañana, hacia El Salto",
        "tarde, hacia Príncipe de Gales",
    )
    assert sum(one.sin_sentido for one in strip.estaciones) == 0
    assert (strip.desde, strip.hasta) == ("sur", "norte")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Príncipe de Gales→El Salto", "El Salto"),
        ("Norte-Sur: sur→norte", None),
        ("ambos (entrada/salida)", None),
        ("", None),
        (None, None),
    ],
)
def test_the_end_that_traffic_goes_to(text, expected):
    assert find_end(text) == expected


# ------------------------------------------------------------------ in the case


@pytest.fixture
def routine(app, oficio):
    """A case under investigation whose car goes by two of four gantries each working day."""
    monday = local_today(utcnow()) - timedelta(days=63 + local_today(utcnow()).weekday())
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        row.estado = Estado.INVESTIGACION
        rows = [
            Portico(
                codigo=f"P{number}",
                clave=f"prueba/P{number}",
                autopista="Costanera Norte",
                tramo=f"Salida {number} – Salida {number + 1}",
                sentido="poniente→oriente",
                comuna=("Pudahuel", "Renca", "Vitacura", "Las Condes")[number],
                lat=-33.41,
                lon=-70.75 + 0.04 * number,
            )
            for number in range(4)
        ]
        db.session.add_all(rows)
        db.session.flush()
        for number, paso in enumerate(habit(random.Random(3), monday, 9, range(5))):
            assert paso.momento
            db.session.add(
                Avistamiento(
                    oficio_id=row.id,
                    fuente=Fuente.PORTICO,
                    clave=str(random.random()),
                    fecha=paso.fecha,
                    fecha_hora=paso.momento,
                    portico_id=rows[1 + number % 2].id,
                )
            )
    return oficio


def test_the_resumen_shows_the_strip_and_makes_a_visit_of_a_window(investigador, routine, rows):
    url = f"/oficios/{routine.id}/avistamientos/cuando"
    text = investigador.get(url, headers=HTMX).text

    assert "Buscar en" in text
    assert "de poniente a oriente" in text
    # Silence of a source is not absence, and who was asked is told with it.
    assert re.search(r"sin pasadas registradas en las \d+ semanas analizadas", text)
    assert "En este caso no consta ninguna fuente consultada." in text
    assert "que no." not in text
    day = re.search(r'name="seguimiento"[^>]*value="([^"]+)"', text)
    note = re.search(r'name="descripcion"[^>]*value="([^"]+)"', text)
    assert day
    assert note

    answer = investigador.post(
        f"/oficios/{routine.id}/resumen",
        data={"tipo": "nota", "descripcion": note[1], "seguimiento": day[1]},
        headers=HTMX,
    )

    assert answer.status_code == 200
    [promise] = rows(Seguimiento)
    assert promise.para == date.fromisoformat(day[1])
    assert promise.para >= local_today(utcnow())
    assert any(
        one.descripcion.startswith("Ir a buscarlo")
        for one in rows(Investigacion, oficio_id=routine.id)
    )


def test_a_second_click_makes_no_second_visit_and_the_first_is_taken_back(
    investigador, admin, routine, rows
):
    url = f"/oficios/{routine.id}/avistamientos/cuando"
    text = investigador.get(url, headers=HTMX).text
    day = re.search(r'name="seguimiento"[^>]*value="([^"]+)"', text)
    note = re.search(r'name="descripcion"[^>]*value="([^"]+)"', text)
    assert day
    assert note
    data = {"tipo": "nota", "descripcion": note[1], "seguimiento": day[1]}

    for _ in range(2):
        answer = investigador.post(f"/oficios/{routine.id}/resumen", data=data)
    assert "ya estaba agendado" in investigador.get(answer.location).text
    [promise] = rows(Seguimiento)
    assert len(rows(Investigacion, oficio_id=routine.id, tipo=Actividad.NOTA)) == 1

    # Where the button stood is what was planned; a colleague sees whose it is, and leaves it alone.
    undo = f"/oficios/{routine.id}/seguimientos/{promise.id}/deshacer"
    mine, theirs = (one.get(url, headers=HTMX).text for one in (investigador, admin))
    assert ("Agendado para" in mine, undo in mine) == (True, True)
    assert ("Agendado para" in theirs, undo in theirs) == (True, False)
    assert 'name="seguimiento"' not in mine + theirs
    assert admin.post(undo, headers=HTMX).status_code == 409

    assert investigador.post(undo, headers=HTMX).status_code == 200
    assert rows(Seguimiento) == []
    [entry] = rows(Investigacion, oficio_id=routine.id, tipo=Actividad.NOTA)
    assert entry.retirado_at is not None
    assert 'name="seguimiento"' in investigador.get(url, headers=HTMX).text
    # Taken back, it can be planned again.
    investigador.post(f"/oficios/{routine.id}/resumen", data=data)
    assert len(rows(Seguimiento)) == 1


def test_a_stranger_sees_no_strip(cliente, cliente_ajeno, routine):
    url = f"/oficios/{routine.id}/avistamientos/cuando"

    assert cliente.get(url, headers=HTMX).status_code == 404
    assert cliente_ajeno.get(url, headers=HTMX).status_code == 404
