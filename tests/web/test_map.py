"""The map: its points cannot break out of its element, and what it needs lies here."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser

import brotli
import pytest
from flask import Flask, render_template_string

from config import ROOT

PAGE = '{% from "web/_mapa.html" import mapa %}{{ mapa("m", "Mapa", puntos, **rest) }}'


class Element(HTMLParser):
    """The attributes of the first element that is a map."""

    attributes: dict[str, str | None]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "data-mapa" in dict(attrs):
            self.attributes = dict(attrs)


@pytest.fixture
def draw(app: Flask):
    """The attributes of a map with these points."""

    def render(puntos: list[dict[str, object]], **rest: str) -> dict[str, str | None]:
        with app.test_request_context():
            parser = Element()
            parser.feed(render_template_string(PAGE, puntos=puntos, rest=rest))
            return parser.attributes

    return render


def test_points_survive_the_way_to_the_browser_whatever_a_stranger_wrote(draw):
    puntos = [{"lat": -33.5, "lon": -70.6, "tipo": "portico", "titulo": "\"'><script>&amp;</p>"}]

    assert json.loads(draw(puntos)["data-puntos"]) == puntos


def test_without_tiles_nobody_else_is_asked(draw, configure):
    assert draw([])["data-teselas"] == ""

    configure(map_tile_url="https://mapas.example/{z}/{x}/{y}.png", map_attribution="© Prueba")

    attributes = draw([])
    assert attributes["data-teselas"] == "https://mapas.example/{z}/{x}/{y}.png"
    assert attributes["data-credito"] == "© Prueba"


def test_a_map_to_choose_on_names_its_inputs(draw):
    attributes = draw([], elegir="lat,lon", comuna="comuna")

    assert (attributes["data-elegir"], attributes["data-comuna"]) == ("lat,lon", "comuna")
    assert "data-elegir" not in draw([])


@pytest.mark.parametrize(
    "name", ["data-leaflet", "data-leaflet-css", "data-comunas", "data-fondo", "data-iconos"]
)
def test_what_the_map_needs_is_served(draw, stranger, name):
    with stranger.get(draw([])[name]) as response:
        assert response.status_code == 200


def test_the_plain_ground_names_every_comuna_that_has_a_place():
    with (ROOT / "app/core/data/comunas.csv").open(encoding="utf-8", newline="") as table:
        known = {
            row["comuna"]: (float(row["lat"]), float(row["lon"]))
            for row in csv.DictReader(table)
            if row["lat"]
        }

    drawn = json.loads((ROOT / "static/mapa/comunas.json").read_text(encoding="utf-8"))

    assert {name: (lat, lon) for name, lat, lon in drawn} == {
        name: pytest.approx(place, abs=1e-4) for name, place in known.items()
    }


def test_the_drawn_ground_is_small_and_whole():
    text = (ROOT / "static/mapa/fondo.json").read_bytes()
    drawn = json.loads(text)

    assert len(brotli.compress(text, quality=9)) < 36_000
    used = {index if index >= 0 else ~index for ring in drawn["tierra"] for index in ring}
    assert max(used) < len(drawn["lineas"])
    assert {line[0] for line in drawn["lineas"]} == {0, 1, 2}
    first = drawn["vias"][0]
    assert first[0] == "Autopista Central"
    assert (first[2] / drawn["escala"], first[1] / drawn["escala"]) == pytest.approx(
        (-33.647, -70.712), abs=1e-3
    )


def test_leaflets_rules_name_no_picture_that_is_not_shipped():
    css = (ROOT / "static/vendor/leaflet/leaflet.css").read_text(encoding="utf-8")

    assert ".leaflet-container" in css
    assert "url(" not in css
