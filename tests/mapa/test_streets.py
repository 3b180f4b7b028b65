"""Streets from a file of this machine: by parts, for whoever works here, and drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.mapa.outside.street_file import StreetFileRefused, find_street_file
from tests.mapa.street_archive import ZOOM, make_archive


@pytest.fixture
def archive(configure, tmp_path):
    """The archive in its folder."""
    path = make_archive(tmp_path / "mapa" / "chile.pmtiles")
    configure(map_file=path.parent)
    return path


def address_of(path: Path) -> str:
    found = find_street_file(path)
    assert found is not None
    return f"/mapa/calles/{found.version}.pmtiles"


def test_a_folder_gives_its_file_and_nothing_is_no_error(tmp_path, archive):
    found = find_street_file(tmp_path / "mapa")

    assert (found.path, found.max_zoom, found.size) == (archive, ZOOM, archive.stat().st_size)
    assert find_street_file(archive) == found
    assert find_street_file(tmp_path / "otra") is None
    (tmp_path / "vacía").mkdir()
    assert find_street_file(tmp_path / "vacía") is None


@pytest.mark.parametrize("change", [{"tile_type": 2}, {"compression": 3}, None])
def test_a_file_that_no_browser_can_draw_is_told_in_estado(change, configure, admin, tmp_path):
    path = tmp_path / "mapa.pmtiles"
    if change is None:
        path.write_bytes(b"PK" + bytes(200))
    else:
        make_archive(path, **change)
    configure(map_file=path)

    with pytest.raises(StreetFileRefused):
        find_street_file(path)
    assert "mapa.pmtiles no" in admin.get("/admin/estado").text


def test_parts_are_given_to_those_who_work_here(archive, stranger, cliente, investigador):
    url = address_of(archive)
    part = {"Range": "bytes=0-126"}

    assert stranger.get(url, headers=part).status_code in {302, 303}
    assert cliente.get(url, headers=part).status_code == 404
    with investigador.get(url, headers=part) as response:
        assert response.status_code == 206
        assert response.data == archive.read_bytes()[:127]
        assert "private" in response.headers["Cache-Control"]


@pytest.mark.parametrize("wanted", [None, "bytes=0-9000000", "bytes=9000000-", "teselas=1-2"])
def test_nobody_takes_the_whole_file(wanted, archive, investigador):
    with archive.open("ab") as file:
        file.truncate(8_000_000)
    headers = {"Range": wanted} if wanted else {}

    assert investigador.get(address_of(archive), headers=headers).status_code == 416


def test_the_address_of_a_file_that_was_replaced_is_gone(archive, investigador):
    url = address_of(archive)
    with archive.open("ab") as file:
        file.write(b"!")

    assert investigador.get(url, headers={"Range": "bytes=0-126"}).status_code == 404


@pytest.mark.e2e
def test_the_streets_are_drawn_and_nobody_outside_is_asked(
    archive, browse, usuario_investigador, oficio
):
    page = browse(usuario_investigador, "/cuenta")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/oficios/{oficio.id}/direcciones")
    page.locator("summary", has_text="Posición en el mapa").click()

    tile = page.locator("canvas.leaflet-tile-loaded").first
    expect(tile).to_be_visible()
    colours = tile.evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert colours > 1, "land alone would be one colour"
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("OpenStreetMap")
    own = page.url.split("/oficios/")[0]
    assert [url for url in asked if not url.startswith(own)] == []
    assert any(".pmtiles" in url for url in asked)
    assert not any(url.endswith("fondo.json") for url in asked)
