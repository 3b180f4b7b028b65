"""The addresses of a case and the visits to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.direcciones.models import Direccion, Visita
from app.direcciones.rules import ResultadoVisita, parse_comuna
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from app.oficios.service import DireccionData, VisitaData, add_visita
from tests.factories import make_oficio
from tests.oficios.acting import act, stored
from tests.plugins.application import HTMX, assert_fragment

CASA = DireccionData(
    direccion="Av. Grecia 1180", comuna="Ñuñoa", region="Metropolitana de Santiago"
)


@pytest.fixture
def case(app, buffet, usuario_admin):
    return make_oficio(app, buffet, usuario_admin, direccion=CASA)


@pytest.fixture
def url(case):
    return f"/oficios/{case.id}/direcciones"


@pytest.fixture
def direccion(app, case):
    return stored(app, case).direcciones[0]


def test_a_comuna_is_found_without_its_accents_and_a_misspelled_one_is_offered():
    assert parse_comuna("nunoa").nombre == "Ñuñoa"
    with pytest.raises(InvalidValue, match=r"¿Será «Providencia»\?"):
        parse_comuna("Providensia")
    with pytest.raises(InvalidValue, match="Elíjala de la lista"):
        parse_comuna("zzzzzz")


def test_an_address_is_added_and_its_region_follows(investigador, url, case, rows):
    response = investigador.post(
        url,
        data={"tipo": "trabajo", "direccion": "Los Aromos 12", "comuna": "vina del mar"},
        headers=HTMX,
    )

    text = assert_fragment(response, f"oficio-direcciones-{case.id}")
    assert "Los Aromos 12, Viña del Mar" in text
    added = rows(Direccion)[-1]
    assert (added.comuna, added.region) == ("Viña del Mar", "Valparaíso")
    assert rows(Investigacion)[-1].descripcion == "Dirección agregada: Los Aromos 12, Viña del Mar"


BAD = [
    ({"tipo": "trabajo", "direccion": ""}, "direccion", "Escriba la calle"),
    ({"tipo": "trabajo", "direccion": "\x00"}, "direccion", "Escriba la calle"),
    ({"tipo": "trabajo", "direccion": "x" * 201}, "direccion", "más de 200"),
    ({"tipo": "castillo", "direccion": "Los Aromos 12"}, "tipo", "Elija una de las opciones"),
    ({"tipo": "otro", "direccion": "Los Aromos 12", "comuna": "Narnia"}, "comuna", "no existe"),
    ({"tipo": "otro", "direccion": "Los Aromos 12", "comuna": "x" * 61}, "comuna", "más de 60"),
    ({"tipo": "otro", "direccion": "Los Aromos 12", "notas": "x" * 5001}, "notas", "más de 5000"),
]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(("data", "name", "sentence"), BAD)
@pytest.mark.parametrize("editing", [False, True], ids=["adding", "editing"])
def test_a_bad_address_is_explained_beside_its_field(
    editing, data, name, sentence, headers, investigador, url, direccion, rows
):
    target = f"{url}/{direccion.id}" if editing else url
    response = investigador.post(target, data={**data, "version": "1"}, headers=headers)

    assert response.status_code == 422
    beside = response.text.partition(f'id="{name}-error"')[2].partition("</div>")[0]
    assert sentence in beside
    if data.get("direccion") == "Los Aromos 12":
        assert 'value="Los Aromos 12"' in response.text
    (unchanged,) = rows(Direccion)
    assert unchanged.direccion == "Av. Grecia 1180"
    assert len(rows(Investigacion)) == 1


def test_an_address_is_corrected_and_what_changed_is_told(investigador, url, direccion, rows):
    assert 'value="Av. Grecia 1180"' in investigador.get(f"{url}/{direccion.id}").text
    response = investigador.post(
        f"{url}/{direccion.id}",
        data={
            "tipo": "familiar",
            "direccion": "Av. Grecia 1180",
            "comuna": "nunoa",
            "notas": "Timbre 4",
            "version": "1",
        },
    )

    assert response.status_code == 303
    changed = rows(Direccion)[0]
    assert (changed.tipo.value, changed.notas, changed.version) == ("familiar", "Timbre 4", 2)
    assert rows(Investigacion)[-1].detalle["antes"] == {"tipo": "domicilio", "notas": None}


@pytest.mark.parametrize("version", ["0", "", "uno", "99999999999"])
def test_an_address_that_somebody_changed_meanwhile_is_not_overwritten(
    version, investigador, url, direccion, rows
):
    response = investigador.post(
        f"{url}/{direccion.id}",
        data={"tipo": "otro", "direccion": "Otra calle 5", "version": version},
    )

    assert response.status_code == 409
    assert "alguien cambió esta dirección" in response.text
    assert 'value="Otra calle 5"' in response.text
    assert 'name="version" value="1"' in response.text
    assert rows(Direccion)[0].direccion == "Av. Grecia 1180"


def test_an_unreadable_comuna_of_the_papers_stays_until_it_is_corrected(
    app, investigador, buffet, usuario_admin, rows
):
    case = make_oficio(
        app,
        buffet,
        usuario_admin,
        direccion=DireccionData(direccion="Los Aromos 12", comuna="Narnia"),
        advertencias_ingreso={"comuna": "La comuna «Narnia» no existe.", "tribunal": "Otra cosa."},
    )
    place = stored(app, case).direcciones[0]
    url = f"/oficios/{case.id}/direcciones/{place.id}"
    data = {"tipo": "otro", "direccion": "Los Aromos 12"}

    investigador.post(url, data={**data, "comuna": "Narnia", "version": "1"})
    assert rows(Direccion)[0].comuna == "Narnia"
    assert "comuna" in stored(app, case).advertencias_ingreso
    investigador.post(url, data={**data, "comuna": "Arica", "version": "2"})

    assert rows(Direccion)[0].comuna == "Arica"
    assert stored(app, case).advertencias_ingreso == {"tribunal": "Otra cosa."}


def visit(client, url, direccion, headers=None, **data):
    return client.post(f"{url}/{direccion.id}/visitas", data=data, headers=headers)


def test_a_visit_is_two_taps_and_lands_in_the_bitacora(
    investigador, url, case, direccion, usuario_investigador, rows
):
    form = investigador.get(f"{url}/{direccion.id}/visitas", headers=HTMX)
    assert "Se mudó" in assert_fragment(form, f"oficio-direcciones-{case.id}")

    response = visit(investigador, url, direccion, HTMX, resultado="se_mudo")

    assert_fragment(response, f"oficio-direcciones-{case.id}")
    (made,) = rows(Visita)
    assert made.usuario_id == usuario_investigador.id
    assert abs(made.fecha_hora - utcnow()) < timedelta(minutes=1)
    entry = rows(Investigacion)[-1]
    assert entry.tipo is Actividad.TERRENO
    assert entry.descripcion == "Visita a Av. Grecia 1180, Ñuñoa: se mudó"
    assert entry.detalle["visita_id"] == made.id
    assert rows(Direccion)[0].verificada is False


def test_a_successful_visit_verifies_the_address_and_places_it(
    investigador, url, direccion, usuario_investigador, rows
):
    response = visit(
        investigador,
        url,
        direccion,
        resultado="exitosa",
        notas="Auto en el estacionamiento -2",
        fecha_hora="2026-10-24T18:42",
        lat="-33.456",
        lon="-70.6",
        exactitud_m="12",
    )

    assert response.status_code == 303
    place = rows(Direccion)[0]
    moment = datetime(2026, 10, 24, 21, 42, tzinfo=UTC)
    assert (place.verificada, place.verificada_at) == (True, moment)
    assert place.verificada_por_id == usuario_investigador.id
    assert (place.lat, place.lon, place.exactitud_m) == (-33.456, -70.6, 12)
    entry = rows(Investigacion)[-1]
    assert entry.descripcion.endswith("exitosa\nAuto en el estacionamiento -2")
    assert entry.ocurrido_at == moment
    page = investigador.get(url).text
    assert "Verificada" in page
    assert "±12 m" in page


def test_another_street_is_another_place(investigador, url, direccion, rows):
    visit(investigador, url, direccion, resultado="exitosa", lat="-33.4", lon="-70.6")
    investigador.post(
        f"{url}/{direccion.id}",
        data={"tipo": "domicilio", "direccion": "Otra 5", "comuna": "Ñuñoa", "version": "2"},
    )

    place = rows(Direccion)[0]
    assert (place.direccion, place.verificada, place.lat) == ("Otra 5", False, None)
    assert len(rows(Visita)) == 1, "the visit was made all the same"


def test_a_visit_sent_twice_is_one_visit(investigador, url, direccion, rows):
    for _ in range(2):
        response = visit(
            investigador, url, direccion, resultado="otro", cliente_id="3f0c-de-este-formulario"
        )
        assert response.status_code == 303

    assert len(rows(Visita)) == 1
    assert len(rows(Investigacion, tipo=Actividad.TERRENO)) == 1


def test_a_form_used_for_another_address_is_refused(investigador, url, direccion, rows):
    investigador.post(url, data={"tipo": "otro", "direccion": "Los Aromos 12"})
    other = rows(Direccion)[-1]
    visit(investigador, url, direccion, resultado="otro", cliente_id="el-mismo")

    response = visit(investigador, url, other, resultado="otro", cliente_id="el-mismo")

    assert response.status_code == 422
    assert "ya se guardó en otra dirección" in response.text
    assert len(rows(Visita)) == 1


BAD_VISITS = [
    ({}, "Elija una de las opciones"),
    ({"resultado": "magnífica"}, "Elija una de las opciones"),
    ({"resultado": "otro", "fecha_hora": "31/02/2026 10:00"}, "no existe"),
    ({"resultado": "otro", "fecha_hora": "2098-01-01T10:00"}, "todavía no llegan"),
    ({"resultado": "otro", "notas": "x" * 5001}, "más de 5000"),
    ({"resultado": "otro", "lat": "norte", "lon": "-70"}, "Usar mi posición"),
    ({"resultado": "otro", "lat": "-33.4"}, "Usar mi posición"),
    ({"resultado": "otro", "lat": "-133.4", "lon": "-70"}, "Usar mi posición"),
    ({"resultado": "otro", "lat": "nan", "lon": "inf"}, "Usar mi posición"),
    ({"resultado": "otro", "lat": "1", "lon": "1", "exactitud_m": "-3"}, "Usar mi posición"),
]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(("data", "sentence"), BAD_VISITS)
def test_a_bad_visit_is_explained_and_not_stored(
    data, sentence, headers, investigador, url, direccion, rows
):
    response = visit(investigador, url, direccion, headers, **data)

    assert response.status_code == 422
    errors = response.text.split('class="field-error"')[1:]
    assert any(sentence in text.partition("</div>")[0] for text in errors)
    if "fecha_hora" in data:
        assert f'value="{data["fecha_hora"]}"' in response.text
    assert rows(Visita) == []
    assert rows(Investigacion, tipo=Actividad.TERRENO) == []
    assert rows(Direccion)[0].version == 1


def test_an_address_of_another_case_is_not_there(app, investigador, oficio, direccion, rows):
    base = f"/oficios/{oficio.id}/direcciones/{direccion.id}"

    assert investigador.get(base).status_code == 404
    assert investigador.post(f"{base}/visitas", data={"resultado": "otro"}).status_code == 404
    assert rows(Visita) == []
    own = f"/oficios/{direccion.oficio_id}/direcciones/{direccion.id}"
    assert investigador.get(own).status_code == 200


def test_addresses_are_for_the_firm_alone(cliente, cliente_ajeno, stranger, url, direccion, rows):
    for client in (cliente, cliente_ajeno, stranger):
        assert visit(client, url, direccion, resultado="exitosa").status_code in {303, 404}
        client.post(f"{url}/{direccion.id}", data={"direccion": "Otra", "version": "1"})
    assert rows(Visita) == []
    assert rows(Direccion)[0].direccion == "Av. Grecia 1180"


def test_the_place_of_an_unsuccessful_visit_is_not_the_address_of_the_vehicle(
    app, case, usuario_admin
):
    act(
        app,
        case,
        usuario_admin,
        lambda o, who: add_visita(
            o,
            o.direcciones[0],
            VisitaData(ResultadoVisita.NO_ENCONTRADO, utcnow(), lat=-33.0, lon=-70.0),
            actor=who,
            now=utcnow(),
        ),
    )

    place = stored(app, case).direcciones[0]
    assert (place.lat, place.verificada) == (None, False)
    assert place.visitas[0].lat == -33.0


MOVED = {"tipo": "domicilio", "direccion": "Av. Grecia 1180", "comuna": "Ñuñoa"}


def put(client, url, place, headers=None, **data):
    return client.post(f"{url}/{place.id}", data={**MOVED, **data}, headers=headers)


def test_a_place_is_put_on_the_map_moved_and_taken_off(investigador, url, direccion, rows):
    put(investigador, url, direccion, version="1", lat="-33,456", lon="-70,6", exactitud_m="9")
    placed = rows(Direccion)[0]
    assert (placed.lat, placed.lon, placed.exactitud_m) == (-33.456, -70.6, 9)
    page = investigador.get(url).text
    assert "data-mapa" in page
    assert "geo:-33.456,-70.6" in page
    assert "&#34;lat&#34;: -33.456" in page, "the point of the map"

    put(investigador, url, direccion, version="2", lat="-33.457", lon="-70.601")
    moved = rows(Direccion)[0]
    assert (moved.lat, moved.exactitud_m, moved.verificada) == (-33.457, None, False)
    put(investigador, url, direccion, version="3", lat="", lon="")
    assert rows(Direccion)[0].lat is None
    told = [entry.descripcion.rpartition(": ")[2] for entry in rows(Investigacion)[1:]]
    assert told == ["agregada", "corregida", "quitada"]
    assert rows(Investigacion)[2].detalle["antes"] == {"posicion": "-33.456000, -70.600000"}


def test_saving_without_moving_the_mark_changes_nothing(investigador, url, direccion, rows):
    put(investigador, url, direccion, version="1", lat="-33.4561234", lon="-70.6", exactitud_m="9")
    shown = investigador.get(f"{url}/{direccion.id}").text
    assert 'name="lat"' in shown
    put(investigador, url, direccion, version="2", lat="-33.456123", lon="-70.600000")

    kept = rows(Direccion)[0]
    assert (kept.lat, kept.exactitud_m, kept.version) == (-33.4561234, 9, 2)


def test_another_street_keeps_the_mark_only_when_it_was_moved_with_it(
    investigador, url, direccion, rows
):
    put(investigador, url, direccion, version="1", lat="-33.4", lon="-70.6")
    other = {"direccion": "Otra 5"}
    put(investigador, url, direccion, version="2", lat="-33.4", lon="-70.6", **other)
    assert (rows(Direccion)[0].direccion, rows(Direccion)[0].lat) == ("Otra 5", None)

    third = {"direccion": "Tercera 7"}
    put(investigador, url, direccion, version="3", lat="-33.5", lon="-70.7", **third)
    assert (rows(Direccion)[0].direccion, rows(Direccion)[0].lat) == ("Tercera 7", -33.5)


def test_a_new_place_comes_with_its_mark(investigador, url, rows):
    investigador.post(
        url, data={"tipo": "otro", "direccion": "Los Aromos 12", "lat": "-33.4", "lon": "-70.6"}
    )

    assert rows(Direccion)[-1].lat == -33.4
    assert rows(Investigacion)[-1].descripcion == "Posición en el mapa de Los Aromos 12: agregada"


BAD_MARKS = [{"lat": "norte", "lon": "-70"}, {"lat": "-33"}, {"lat": "-133", "lon": "-70"}]


@pytest.mark.parametrize("mark", BAD_MARKS)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_mark_that_cannot_be_read_is_explained(mark, headers, investigador, url, direccion, rows):
    response = put(investigador, url, direccion, headers, version="1", **mark)

    assert response.status_code == 422
    assert "Márquela en el mapa" in response.text.partition('id="lat-error"')[2]
    assert f'value="{mark["lat"]}"' in response.text
    assert rows(Direccion)[0].version == 1


def test_a_mark_decided_on_an_older_copy_is_refused(investigador, url, direccion, rows):
    put(investigador, url, direccion, version="1", lat="-33.4", lon="-70.6")
    late = put(investigador, url, direccion, version="1", lat="-33.9", lon="-70.9")

    assert late.status_code == 409
    assert rows(Direccion)[0].lat == -33.4


def test_each_visit_shows_where_it_was_made(investigador, url, direccion):
    visit(investigador, url, direccion, resultado="otro", lat="-33.44", lon="-70.65")

    page = investigador.get(url).text
    assert "geo:-33.44,-70.65" in page
    assert "Visita: otro resultado" in page, "on the map too"


def test_comunas_are_found_without_their_accents_in_the_browser_too(investigador, url):
    options = investigador.get(url).text.partition('id="comunas"')[2]

    assert options.count("<option") == 346
    assert 'value="Ñuñoa" label="Ñuñoa · Metropolitana de Santiago · nunoa"' in options


def test_positions_are_for_the_firm_alone(cliente, cliente_ajeno, stranger, url, direccion, rows):
    for client in (cliente, cliente_ajeno, stranger):
        assert put(client, url, direccion, version="1", lat="-33", lon="-70").status_code in {
            303,
            404,
        }
    assert rows(Direccion)[0].lat is None
