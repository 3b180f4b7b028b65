"""The map of a case, when and where to go, and the filters of the list."""

from __future__ import annotations

import base64
import html as html_
import json
import random
import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.core.clock import SANTIAGO, local_today, utcnow
from app.db import db, transaction
from app.direcciones.models import Direccion
from app.oficios.models import Oficio
from app.patrones.queries.sighting_columns import list_pasos
from app.porticos.models import Portico
from app.porticos.rules import Confianza
from tests.avistamientos.rows import make_sighting
from tests.factories import make_oficio
from tests.patrones.weeks import habit
from tests.plugins.application import HTMX, assert_fragment

#: Nine weeks ago, a Monday.
MONDAY = local_today(utcnow()) - timedelta(days=63 + local_today(utcnow()).weekday())


@pytest.fixture
def add(app, oficio):
    """Sightings of the case, as they would be stored; returns their ids."""

    def store(*rows: dict) -> list[int]:
        with app.app_context(), transaction():
            found = [
                Avistamiento(
                    **{
                        "oficio_id": oficio.id,
                        "fuente": Fuente.PORTICO,
                        "clave": str(random.random()),
                        **row,
                    }
                )
                for row in rows
            ]
            db.session.add_all(found)
            db.session.flush()
            return [row.id for row in found]

    return store


@pytest.fixture
def gantry(app):
    """A gantry of the catalogue; returns its id."""

    def make(codigo: str = "P5", **values) -> int:
        given = {
            "clave": f"prueba/{codigo}",
            "autopista": "Costanera Norte",
            "tramo": "Carrascal – Vivaceta",
            "sentido": "al oriente",
            "lat": -33.41,
            "lon": -70.68,
            "confianza_coord": Confianza.ALTA,
        }
        with app.app_context(), transaction():
            row = Portico(codigo=codigo, **{**given, **values})
            db.session.add(row)
            db.session.flush()
            return row.id

    return make


def moment(day: date, hour: int, minute: int = 0) -> dict:
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SANTIAGO)
    return {"fecha": day, "fecha_hora": local.astimezone(utcnow().tzinfo)}


def panorama_url(oficio) -> str:
    return f"/oficios/{oficio.id}/avistamientos/panorama"


def points(text: str) -> list[dict]:
    found = re.search(r'data-puntos="([^"]*)"', text)
    assert found
    return json.loads(html_.unescape(found[1]))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html_.unescape(text)))


# ------------------------------------------------------------------ who


def test_only_the_firm_sees_where_a_vehicle_is(
    investigador, admin, cliente, cliente_ajeno, stranger, oficio, add
):
    add(moment(MONDAY, 8))

    assert investigador.get(panorama_url(oficio)).status_code == 200
    assert admin.get(panorama_url(oficio)).status_code == 200
    assert cliente.get(panorama_url(oficio)).status_code == 404
    assert cliente_ajeno.get(panorama_url(oficio)).status_code == 404
    assert "/entrar" in stranger.get(panorama_url(oficio)).headers["Location"]


def test_without_javascript_it_is_a_page_with_a_way_back(investigador, oficio, add):
    add(moment(MONDAY, 8))
    section = investigador.get(f"/oficios/{oficio.id}/avistamientos").text
    assert f'href="{panorama_url(oficio)}"' in section

    page = investigador.get(panorama_url(oficio)).text

    assert "<html" in page
    assert "Cuándo y dónde ir" in page
    assert f'href="/oficios/{oficio.id}/avistamientos"' in page


def test_a_case_without_sightings_has_neither_map_nor_table(investigador, oficio, add):
    text = assert_fragment(
        investigador.get(panorama_url(oficio), headers=HTMX), f"avistamientos-panorama-{oficio.id}"
    )

    assert "data-mapa" not in text
    assert "Cuándo y dónde ir" not in text

    add({**moment(MONDAY, 8), "lat": -33.4, "lon": -70.6})
    text = investigador.get(panorama_url(oficio), headers=HTMX).text
    assert "data-mapa" in text
    assert "Cuándo y dónde ir" in text


# ------------------------------------------------------------------ the map


def test_the_map_has_gantries_with_counts_sightings_with_a_place_and_addresses(
    app, investigador, oficio, add, gantry
):
    rough = gantry("P9", lat=-33.5, lon=-70.7, confianza_coord=Confianza.BAJA)
    exact, unplaced = gantry("P5"), gantry("P7", lat=None, lon=None)
    day = date(2026, 11, 3)
    add(
        {**moment(day, 8), "portico_id": exact},
        {"fecha": day + timedelta(days=1), "portico_id": exact},
        {**moment(day, 9), "portico_id": rough},
        {**moment(day, 9), "portico_id": unplaced},
        {**moment(day, 9), "ubicacion": "Ruta 5 km 12"},
        {
            **moment(day, 20),
            "fuente": Fuente.TERRENO,
            "lat": -33.45,
            "lon": -70.6,
            "ubicacion": "<b>Pasaje</b>",
        },
    )
    with app.app_context(), transaction():
        db.session.add_all(
            [
                Direccion(
                    oficio_id=oficio.id,
                    direccion="Calle Uno 12",
                    comuna="Ñuñoa",
                    lat=-33.46,
                    lon=-70.59,
                    exactitud_m=25,
                ),
                Direccion(oficio_id=oficio.id, direccion="Calle sin lugar"),
            ]
        )

    text = investigador.get(panorama_url(oficio), headers=HTMX).text

    drawn = {point["titulo"]: point for point in points(text)}
    assert set(drawn) == {
        "Costanera Norte P5 Carrascal – Vivaceta",
        "Costanera Norte P9 Carrascal – Vivaceta",
        "<b>Pasaje</b>",
        "Calle Uno 12, Ñuñoa",
    }
    five = drawn["Costanera Norte P5 Carrascal – Vivaceta"]
    assert (five["n"], five["aproximada"]) == (2, False)
    assert five["textos"] == ["Sentido: al oriente", "2 pasos", "Último: 04-11-2026"]
    assert five["url"] == f"/oficios/{oficio.id}/avistamientos?portico={exact}"
    nine = drawn["Costanera Norte P9 Carrascal – Vivaceta"]
    assert nine["aproximada"] is True
    assert nine["textos"][1:] == ["1 paso", "Último: 03-11-2026 09:00"]
    assert drawn["Calle Uno 12, Ñuñoa"]["exactitud_m"] == 25
    assert drawn["<b>Pasaje</b>"]["textos"] == ["Terreno, 03-11-2026 20:00"]
    assert "<b>Pasaje</b>" not in text
    assert "2 avistamientos no tienen un lugar en el mapa" in words(text)


def test_sightings_without_any_place_say_what_to_do(investigador, oficio, add):
    add(moment(MONDAY, 8))

    text = investigador.get(panorama_url(oficio), headers=HTMX).text

    assert "data-mapa" not in text
    assert "identifique el pórtico en la lista" in words(text)


def test_another_cases_places_stay_there(app, buffet, usuario_admin, investigador, oficio, add):
    other = make_oficio(app, buffet, usuario_admin)
    add({**moment(MONDAY, 8), "oficio_id": other.id, "lat": -33.4, "lon": -70.6})

    assert "data-mapa" in investigador.get(panorama_url(other), headers=HTMX).text
    assert "data-mapa" not in investigador.get(panorama_url(oficio), headers=HTMX).text


# ------------------------------------------------------------------ when and where


def test_a_habit_is_suggested_with_its_gantry_its_weeks_and_its_limit(
    app, investigador, oficio, add, gantry
):
    portico_id = gantry("P5")
    pasos = habit(random.Random(1), MONDAY, 9, (1, 2, 3))
    add(
        *(
            {"fecha": paso.fecha, "fecha_hora": paso.momento, "portico_id": portico_id}
            for paso in pasos
        ),
        {"fecha": MONDAY, "empresa": "Autopista Central", "fuente": Fuente.MULTA},
    )

    text = words(investigador.get(panorama_url(oficio), headers=HTMX).text)

    assert "Martes a jueves, 7:30 a 8:30" in text
    assert "Costanera Norte P5 Carrascal – Vivaceta, al oriente" in text
    # Nobody asked since the last crossing, so that morning is not over.
    assert "En 9 de las últimas 9 semanas (26 de 26 días)" in text
    assert "no dónde se estaciona" in text
    assert "27 avistamientos, que son 27 viajes" in text
    assert "1: dicen dónde, no cuándo" in text
    assert "Viajes por hora y día de la semana, en hora de Chile" in text
    assert "Sentidos más frecuentes 1. Al oriente" in text or "Al oriente" in text


def test_too_little_is_said_to_be_too_little(investigador, oficio, add):
    add(moment(MONDAY + timedelta(days=60), 8))

    text = words(investigador.get(panorama_url(oficio), headers=HTMX).text)

    assert "Sin sugerencia." in text
    assert "Hay 1 viaje en 1 semana." in text


def test_old_data_says_how_far_it_reaches(app, investigador, oficio, add):
    start = MONDAY - timedelta(weeks=6)
    pasos = habit(random.Random(1), start, 12, (1, 2, 3))
    add(*({"fecha": paso.fecha, "fecha_hora": paso.momento} for paso in pasos))

    text = words(investigador.get(panorama_url(oficio), headers=HTMX).text)

    last = max(paso.fecha for paso in pasos)
    assert f"Los datos llegan hasta el {last:%d-%m-%Y}: consulte los pórticos" in text
    assert "Martes a jueves" in text


def test_a_habit_that_ended_is_told(app, investigador, oficio, add):
    pasos = habit(random.Random(1), MONDAY - timedelta(weeks=1), 5, (1, 2, 3))
    add(*({"fecha": paso.fecha, "fecha_hora": paso.momento} for paso in pasos))
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).ultima_consulta_at = utcnow()

    text = words(investigador.get(panorama_url(oficio), headers=HTMX).text)

    assert "pero no se ha repetido en las últimas semanas" in text


def test_places_are_read_as_exactly_as_they_are_known(app, oficio, add, gantry):
    portico_id = gantry("P5")
    add(
        {"fecha": MONDAY, "portico_id": portico_id, "ubicacion": "PORTICO 5"},
        {"fecha": MONDAY, "ubicacion": "Km 3", "autopista": "Ruta 68", "empresa": "X"},
        {"fecha": MONDAY, "empresa": "Autopista Central", "fuente": Fuente.MULTA},
        {"fecha": MONDAY, "ubicacion": "Pasaje 1", "fuente": Fuente.TERRENO},
    )

    with app.app_context():
        pasos = list_pasos(oficio.id)

    assert [(paso.lugar, paso.via, paso.sentido, paso.es_corredor) for paso in pasos] == [
        ("Costanera Norte P5 Carrascal – Vivaceta", "Costanera Norte", "al oriente", True),
        ("Km 3", "Ruta 68", None, True),
        (None, "Autopista Central", None, True),
        ("Pasaje 1", None, None, False),
    ]


def test_the_panorama_of_many_sightings_asks_few_questions(investigador, oficio, add, counted):
    add(*(moment(MONDAY + timedelta(days=number % 60), number % 24) for number in range(200)))

    investigador.get(panorama_url(oficio), headers=HTMX)  # the first of an hour is recorded
    with counted() as statements:
        assert investigador.get(panorama_url(oficio), headers=HTMX).status_code == 200

    assert len([text for text in statements if text.startswith("SELECT")]) <= 12


# ------------------------------------------------------------------ the list


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"uno", "dos", "tres"}),
        ("fuente=multa", {"dos"}),
        ("desde=2026-11-02", {"dos", "tres"}),
        ("hasta=2026-11-02", {"uno", "dos"}),
        ("desde=2026-11-02&hasta=2026-11-02", {"dos"}),
        ("fuente=inventada", {"uno", "dos", "tres"}),
        ("desde=nunca", {"uno", "dos", "tres"}),
        ("portico=99999999999999", {"uno", "dos", "tres"}),
        ("fuente=terreno", set()),
    ],
)
def test_the_list_shows_what_its_address_asks_for(investigador, oficio, add, query, shown):
    add(
        {"fecha": date(2026, 11, 1), "ubicacion": "lugar uno"},
        {"fecha": date(2026, 11, 2), "ubicacion": "lugar dos", "fuente": Fuente.MULTA},
        {"fecha": date(2026, 11, 3), "ubicacion": "lugar tres"},
    )

    text = investigador.get(f"/oficios/{oficio.id}/avistamientos?{query}", headers=HTMX).text

    assert set(re.findall(r"lugar (\w+)", text)) == shown
    assert ("Quitar filtros" in text) is (len(shown) < 3)
    if query == "desde=nunca":
        assert "no es una fecha" in text
        assert 'value="nunca"' in text


def test_a_gantry_of_the_map_is_a_filter_that_the_others_keep(investigador, oficio, add, gantry):
    portico_id = gantry()
    add({"fecha": MONDAY, "portico_id": portico_id}, {"fecha": MONDAY, "ubicacion": "otro"})

    text = investigador.get(
        f"/oficios/{oficio.id}/avistamientos?portico={portico_id}", headers=HTMX
    ).text

    assert "1 avistamiento de un solo pórtico" in words(text)
    assert f'name="portico" value="{portico_id}"' in text
    assert "otro" not in re.findall(r'data-label="Dónde">\s*(\w+)', text)


def test_pages_keep_the_filter(investigador, oficio, add):
    add(*({"fecha": MONDAY, "ubicacion": f"n{number}"} for number in range(60)))

    text = investigador.get(
        f"/oficios/{oficio.id}/avistamientos?fuente=portico&pagina=2", headers=HTMX
    ).text

    assert "Página 2 de 2" in text
    assert re.search(r'rel="prev"\s+href="[^"]*fuente=portico', text)


# ------------------------------------------------------------------ in a browser


@pytest.mark.e2e
def test_the_map_is_drawn_by_nobody_elses_help_and_works_by_keyboard(
    browse, usuario_investigador, oficio, add, gantry
):
    far = gantry("P9", lat=-33.5, lon=-70.75)
    near, beside = gantry("P5"), gantry("P6", lat=-33.4106, lon=-70.6806)
    add(*({"fecha": MONDAY, "portico_id": pk} for pk in (near, near, beside, far)))
    page = browse(usuario_investigador, "/cuenta")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/oficios/{oficio.id}/avistamientos")

    marks = page.locator(".mapa-punto")
    expect(marks).to_have_count(2)
    together = page.get_by_role("button", name="2 lugares juntos")
    expect(together).to_contain_text("3")
    together.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Costanera Norte P5 Carrascal – Vivaceta")
    expect(sheet.get_by_role("link", name="Ver estos pasos")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(together).to_be_focused()

    page.keyboard.press("Enter")
    sheet.get_by_role("button", name="Acercar hasta separarlos").click()
    expect(page.get_by_role("button", name=re.compile("^Costanera Norte P[56]"))).to_have_count(2)
    own = page.url.split("/oficios/")[0]
    assert [url for url in asked if not url.startswith(own)] == []
    for name in ("comunas.json", "fondo.json"):
        assert any(url.endswith(name) for url in asked)
    expect(page.locator("path.mapa-tierra, path.mapa-via")).to_have_count(2)
    assert not any("protomaps" in url for url in asked), "without a file of streets"


@pytest.mark.e2e
def test_streets_come_from_the_configured_host_and_from_no_other(
    browse, configure, usuario_investigador, oficio, add, gantry
):
    """The security policy lets these pictures in: a refused one would be an error of the page."""
    configure(map_tile_url="https://mapas.example/{z}/{x}/{y}.png", map_attribution="© Prueba")
    add({"fecha": MONDAY, "portico_id": gantry()})
    page = browse(usuario_investigador, "/cuenta")
    picture = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
    )
    asked: list[str] = []

    def give(route):
        asked.append(route.request.headers.get("referer", ""))
        route.fulfill(body=picture, content_type="image/png")

    page.route("https://mapas.example/**", give)
    page.goto(f"/oficios/{oficio.id}/avistamientos")

    expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("© Prueba")
    expect(page.locator(".mapa-comuna")).to_have_count(0)
    assert set(asked) == {""}, "the host learns a place, not a case"


@pytest.mark.e2e
def test_a_position_is_put_on_the_map_by_touch_and_by_keyboard(
    app, browse, usuario_investigador, oficio
):
    page = browse(usuario_investigador, f"/oficios/{oficio.id}/direcciones")
    page.locator("summary", has_text="Posición en el mapa").click()
    form = page.locator("form:has([data-elegir])").first
    canvas = form.locator(".mapa-lienzo")
    expect(canvas).to_be_visible()
    lat, lon = form.locator("[name=lat]"), form.locator("[name=lon]")

    form.get_by_role("button", name="Poner en el centro").click()
    expect(lat).to_have_value(re.compile(r"^-33\.4[45]\d{4}$"))
    centre = (lat.input_value(), lon.input_value())
    mark = form.get_by_role("button", name="Posición elegida")
    mark.focus()
    page.keyboard.press("ArrowUp")
    expect(lat).not_to_have_value(centre[0])
    assert float(lat.input_value()) > float(centre[0])
    assert lon.input_value() == centre[1]

    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.75})
    expect(lon).not_to_have_value(centre[1])
    form.get_by_role("button", name="Quitar posición").click()
    expect(lat).to_have_value("")
    expect(mark).to_have_count(0)


@pytest.mark.e2e
def test_what_a_colleague_sees_appears_in_the_open_list(
    app, browse, usuario_investigador, usuario_admin, oficio, add
):
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).investigador_id = usuario_investigador.id
    add({"fecha": MONDAY + timedelta(days=56), "ubicacion": "Pasaje 1"})
    page = browse(usuario_investigador, f"/oficios/{oficio.id}/avistamientos")
    rows = page.locator("tbody tr[id^=avistamiento-row]")
    expect(rows).to_have_count(1)
    expect(page.locator(".panorama")).to_contain_text("Hay 0 viajes")

    make_sighting(
        app, oficio, usuario_admin, ubicacion="Pasaje 2", **moment(MONDAY + timedelta(days=57), 8)
    )

    expect(rows).to_have_count(2, timeout=8000)
    expect(page.locator(".panorama")).to_contain_text("Hay 1 viaje")
    expect(page.locator(".toast-card")).to_contain_text("Pasaje 2")
