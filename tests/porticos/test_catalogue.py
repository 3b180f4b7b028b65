"""The catalogue: filled at the first start and at each upgrade, edited by the office, kept."""

from __future__ import annotations

import csv
import io
import re

import pytest

from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.core.porticos import porticos
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.porticos.models import AliasPortico, Portico
from app.porticos.rules import Confianza, TipoPortico, parse_grados
from app.porticos.service import REMATCH, load_seed
from tests.porticos.rows import find_gantry, make_alias, make_gantry

URL = "/admin/porticos"
FIELDS = {
    "autopista": "Costanera Norte",
    "codigo": "P5.9",
    "tramo": "Vivaceta – Independencia",
    "tipo": "portico",
    "sentido": "al oriente",
    "region": "Metropolitana",
    "lat": "-33,4263",
    "lon": "-70.6551",
    "confianza_coord": "alta",
    "procedencia_coord": "GPS de la oficina",
}


def open_form(client, pk: int, **changes: str) -> dict[str, str]:
    """What the form of a gantry holds when it is opened, with changes."""
    text = client.get(f"{URL}/{pk}").text
    names = re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', text)
    return {**dict(names), "tipo": "portico", "confianza_coord": "", **changes}


# ------------------------------------------------------------------ the list of the product


def test_the_catalogue_is_filled_once_and_knows_what_it_does_not_know(app, catalogue, admin, rows):
    found = rows(Portico)

    assert len(found) == len(porticos()) == 160
    plaza = find_gantry(app, "Ruta 5 Norte (Santiago – Los Vilos)", "LAMPA")
    assert (plaza.tipo, plaza.confianza_coord) == (TipoPortico.PLAZA, Confianza.MEDIA)
    assert plaza.is_of_osm
    assert "OpenStreetMap" in admin.get(f"{URL}/{plaza.id}").text
    bare = find_gantry(app, "AVO I", "P105")
    assert (bare.lat, bare.confianza_coord, bare.is_of_osm) == (None, None, False)
    one = find_gantry(app, "Autopista Central", "PA15")
    assert (one.tramo, one.sentido) == ("14 de la Fama – Río Mapocho", "Norte-Sur: norte→sur")
    assert (one.comuna, one.region, one.confianza_coord) == (
        "Independencia",
        "Metropolitana",
        Confianza.ALTA,
    )
    with app.app_context(), transaction():
        assert load_seed(utcnow()) == 0


def test_an_upgrade_brings_what_is_missing_and_overwrites_nothing(app, catalogue, admin, rows):
    renamed = find_gantry(app, "Costanera Norte", "P5")
    data = open_form(admin, renamed.id, codigo="P5 bis", tramo="Otro tramo", confianza_coord="alta")
    assert admin.post(f"{URL}/{renamed.id}", data=data).status_code == 303
    retired = find_gantry(app, "Costanera Norte", "P4")
    admin.post(f"{URL}/{retired.id}/activo", data={"activo": "0"})
    gone = find_gantry(app, "Costanera Norte", "EV")
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Portico, gone.id))

    with app.app_context(), transaction():
        assert load_seed(utcnow()) == 1

    after = {row.id: row for row in rows(Portico)}
    assert (after[renamed.id].codigo, after[renamed.id].tramo) == ("P5 bis", "Otro tramo")
    assert not after[retired.id].activo
    assert find_gantry(app, "Costanera Norte", "EV").tramo == gone.tramo
    assert len(after) == 160


# ------------------------------------------------------------------ the pages


@pytest.mark.parametrize("path", ["", "/nuevo", "/exportar", "/correcciones"])
def test_only_an_admin_sees_the_catalogue(path, stranger, cliente, investigador, admin):
    assert stranger.get(URL + path).status_code in {302, 303}
    for client in (cliente, investigador):
        assert client.get(URL + path).status_code == 404
    assert admin.get(URL + path).status_code == 200


def test_the_list_is_searched_and_filtered_and_says_whom_it_owes(catalogue, admin):
    text = admin.get(URL).text
    assert "160 pórticos y plazas" in text
    assert "OpenStreetMap" in text
    assert "Página 1 de 4" in text

    def found(query: str) -> set[str]:
        return set(re.findall(r'porticos/\d+">([^<]+)</a>', admin.get(f"{URL}?{query}").text))

    assert found("q=carrascal+VIVACETA") == {"P5"}
    assert found("autopista=Costanera+Norte&punto=sin") == {"EP"}
    assert found("tipo=plaza&q=lampa") == {"LAMPA"}
    assert found("estado=inactivos") == set()
    assert "Ningún pórtico calza" in admin.get(f"{URL}?q=nadaquever").text


@pytest.mark.parametrize(
    "query",
    ["autopista=%00", f"autopista={200 * 'a'}", "q=%00", "endpoint=x", "_scheme=x", "_anchor=x"],
)
def test_an_address_that_a_stranger_wrote_is_read_as_far_as_it_can_be(query, catalogue, admin):
    page = admin.get(f"{URL}?{query}")

    assert page.status_code == 200
    assert "Página 1 de 4" in page.text
    (following,) = re.findall(r'rel="next"\s+href="([^"]+)"', page.text)
    assert "Página 2 de 4" in admin.get(following.replace("&amp;", "&")).text
    assert admin.get(f"{URL}/exportar?{query}").data.count(b"\r\n") == 161
    assert admin.get(f"{URL}/correcciones?{query}").status_code == 200


def test_a_gantry_is_added_with_its_point_and_audited(admin, rows, usuario_admin):
    response = admin.post(f"{URL}/nuevo", data=FIELDS)

    assert response.status_code == 303
    (row,) = rows(Portico)
    assert (row.lat, row.lon, row.confianza_coord) == (-33.4263, -70.6551, Confianza.ALTA)
    assert row.nombre == "P5.9 Vivaceta – Independencia"
    (entry,) = rows(Auditoria, accion="portico.creado")
    assert (entry.usuario_id, entry.entidad_id) == (usuario_admin.id, row.id)
    assert entry.detalle["datos"]["codigo"] == "P5.9"
    assert [job.tipo for job in rows(Trabajo)] == [REMATCH]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"codigo": ""}, "Escriba el código"),
        ({"autopista": " "}, "Escriba la vía"),
        ({"lat": "-33,4263", "lon": ""}, "la latitud y la longitud, o ninguna"),
        ({"lat": "treinta"}, "grados con decimales"),
        ({"lat": "33,4263"}, "va de -17 a -57"),
        ({"lon": "-7,06"}, "va de -66 a -110"),
        ({"confianza_coord": ""}, "cuánta confianza"),
        ({"confianza_coord": "mucha"}, "Elija una de las opciones"),
        ({"tipo": "puente"}, "Elija una de las opciones"),
        ({"tramo": "x" * 201}, "más de 200"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_stays_typed(change, says, admin, rows):
    response = admin.post(f"{URL}/nuevo", data={**FIELDS, "region": "Mi «región»", **change})

    assert response.status_code == 422
    assert says in response.text
    assert "Mi «región»" in response.text
    assert rows(Portico) == []


def test_a_road_has_a_code_once_however_it_is_spelled(catalogue, admin, rows):
    data = {**FIELDS, "autopista": "COSTANERA  NORTE", "codigo": "p5"}

    response = admin.post(f"{URL}/nuevo", data=data)

    assert response.status_code == 422
    assert "ya tiene un pórtico con ese código" in response.text
    assert len(rows(Portico)) == 160


def test_an_edit_says_what_was_before(app, admin, usuario_admin, rows):
    pk = make_gantry(app, usuario_admin, tramo="A – B")

    response = admin.post(f"{URL}/{pk}", data=open_form(admin, pk, tramo="A – C"))

    assert response.status_code == 303
    (entry,) = rows(Auditoria, accion="portico.modificado")
    assert entry.detalle == {"antes": {"tramo": "A – B"}, "despues": {"tramo": "A – C"}}
    assert "Cambiado por Ana Vega" in admin.get(f"{URL}/{pk}").text


def test_saving_without_a_change_tells_nothing(app, admin, usuario_admin, rows):
    pk = make_gantry(app, usuario_admin)

    assert admin.post(f"{URL}/{pk}", data=open_form(admin, pk)).status_code == 303

    assert rows(Auditoria, accion="portico.modificado") == []
    assert rows(Portico)[0].version == 1


def test_of_two_tabs_the_second_is_refused_with_what_it_typed(app, admin, usuario_admin, rows):
    pk = make_gantry(app, usuario_admin)
    one, two = open_form(admin, pk, tramo="Uno"), open_form(admin, pk, tramo="Dos")
    admin.post(f"{URL}/{pk}", data=one)

    response = admin.post(f"{URL}/{pk}", data=two)

    assert response.status_code == 409
    assert "Alguien cambió este pórtico" in response.text
    assert 'value="Dos"' in response.text
    assert rows(Portico)[0].tramo == "Uno"


def test_a_gantry_goes_out_of_use_and_comes_back(app, admin, usuario_admin, rows):
    pk = make_gantry(app, usuario_admin)

    admin.post(f"{URL}/{pk}/activo", data={"activo": "0"})
    assert "fuera de uso" in admin.get(f"{URL}/{pk}").text
    admin.post(f"{URL}/{pk}/activo", data={"activo": "0"})
    admin.post(f"{URL}/{pk}/activo", data={"activo": "1"})

    deeds = [row.accion for row in rows(Auditoria, entidad="portico")]
    assert deeds == ["portico.creado", "portico.desactivado", "portico.activado"]
    assert rows(Portico)[0].activo


def test_the_file_holds_what_the_filters_find_and_no_formula(app, catalogue, admin, usuario_admin):
    make_gantry(app, usuario_admin, tramo="=1+1", lat=-33.4, lon=-70.6)

    response = admin.get(f"{URL}/exportar?autopista=Ruta+de+Prueba")

    assert "attachment" in response.headers["Content-Disposition"]
    table = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=";"))
    assert len(table) == 2
    row = dict(zip(*table, strict=True))
    assert (row["Código"], row["Tramo"], row["Latitud"]) == ("RP1", "'=1+1", "-33,4")


# ------------------------------------------------------------------ remembered corrections


def test_an_admin_reads_and_takes_back_what_is_remembered(app, admin, usuario_admin, rows):
    pk = make_gantry(app, usuario_admin)
    alias = make_alias(app, usuario_admin, pk, ubicacion="Paso <raro>", empresa="Emp")
    make_alias(app, usuario_admin, None, ubicacion="Otro")

    text = admin.get(f"{URL}/correcciones").text
    assert "Paso &lt;raro&gt;" in text
    assert "RP1" in text
    assert "Ninguno del catálogo" in text
    assert "Otro" not in admin.get(f"{URL}/correcciones?q=PASO+raro").text

    assert admin.post(f"{URL}/correcciones/{alias}/retirar").status_code == 303
    assert [row.ubicacion_texto for row in rows(AliasPortico)] == ["Otro"]
    (entry,) = rows(Auditoria, accion="portico.correccion_retirada")
    assert entry.detalle["ubicacion"] == "Paso <raro>"
    assert admin.post(f"{URL}/correcciones/{alias}/retirar").status_code == 404


def test_the_same_text_is_remembered_once_and_the_last_word_counts(app, usuario_admin, rows):
    pk = make_gantry(app, usuario_admin)
    make_alias(app, usuario_admin, pk, ubicacion="PÓRTICO  uno", empresa="Ñuble")

    make_alias(app, usuario_admin, None, ubicacion="portico uno", empresa="nuble")

    (row,) = rows(AliasPortico)
    assert (row.ubicacion, row.empresa, row.portico_id) == ("portico uno", "nuble", None)


def test_the_catalogue_is_found_under_administracion(admin):
    assert 'href="/admin/porticos"' in admin.get("/admin").text


@pytest.mark.parametrize(("text", "degrees"), [("-33,4489", -33.4489), ("\u221270.5 ", -70.5)])
def test_degrees_are_read_with_a_comma_or_a_dot(text, degrees):
    assert parse_grados(text) == degrees
