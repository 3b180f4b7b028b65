"""What a cliente reads by the API: no more than the portal shows, by any door or trick."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from app.adjuntos.models import Adjunto
from app.adjuntos.service import set_approval
from app.api.rules import Alcance, new_key
from app.api.service import create_key
from app.api.v1.schemas.cliente import OficioDelBuffet, VehiculoDelBuffet
from app.auditoria.models import Auditoria
from app.buffets.permissions import BUFFET_READS, HEAD_FIELDS, HEAD_VEHICLE_FIELDS, Materia
from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import DireccionData, Move, PropietarioData, move_oficio, record
from app.usuarios.models import Usuario
from tests.adjuntos.files import camera_exif, encode, pdf, picture, send
from tests.api.conftest import ApiClient
from tests.avistamientos.rows import make_gantry_sighting
from tests.factories import make_oficio
from tests.oficios.acting import act

RUT = "12345678-5"
#: Nothing of these is in any answer to a cliente.
SECRETS = (
    "Rosa Quintanilla",
    RUT,
    "12.345.678",
    "rosa@correo.example",
    "Pasaje Escondido",
    "nota reservada",
    "Costanera",
    "-33.4",
    "-70.6",
    "Carla Muñoz",
    "casa-de-rosa",
    "JSAA11111111",
)


@pytest.fixture
def caso(app, buffet, usuario_investigador):
    """A case with everything that a buffet may not read."""
    oficio = make_oficio(
        app,
        buffet,
        usuario_investigador,
        estado=Estado.PENDIENTE,
        rol="C-77-2026",
        caratulado="BANCO/CEA",
        notas_generales="nota reservada general",
        propietario=PropietarioData(
            nombre="Rosa Quintanilla", rut=RUT, email="rosa@correo.example"
        ),
        direccion=DireccionData(
            direccion="Pasaje Escondido 12", comuna="Ñuñoa", notas="nota reservada"
        ),
    )
    make_gantry_sighting(app, oficio, usuario_investigador)

    def deed(row, actor):
        row.vehiculo.vin = "JSAA11111111"
        row.busqueda += " jsaa11111111"
        row.direcciones[0].lat, row.direcciones[0].lon = -33.4, -70.6
        record(row, Actividad.NOTA, "nota reservada", actor=actor, now=utcnow())
        move_oficio(row, Move(Estado.INVESTIGACION, row.version), actor=actor, now=utcnow())

    act(app, oficio, usuario_investigador, deed)
    return oficio


@pytest.fixture
def foto(app, caso, usuario_investigador):
    """A photo whose original says where and with what it was taken."""
    data = encode(picture(), exif=camera_exif())
    file = ("casa-de-rosa.jpg", data)
    (result,) = send(app, caso, usuario_investigador, file, descripcion="nota reservada")
    return result.adjunto_id


def approve(app, adjunto_id, actor, *, aprobado=True):
    with app.app_context(), transaction():
        set_approval(
            db.session.get_one(Adjunto, adjunto_id),
            aprobado=aprobado,
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )


def reading_addresses(app, caso, foto):
    """Every address of the API that reads, for this case."""
    with app.app_context():
        row = db.session.get_one(Oficio, caso.id)
        values = {
            "oficio_id": caso.id,
            "adjunto_id": foto,
            "propietario_id": row.propietarios[0].id,
            "direccion_id": row.direcciones[0].id,
            "avistamiento_id": 1,
            "actividad_id": 1,
            "notificacion_id": 1,
            "ubicacion_id": 1,
            "buffet_id": caso.buffet_id,
            "usuario_id": 1,
            "solicitud_id": 1,
            "task_id": "0b8f6c3e-6a53-4d0e-9a4e-4f2f0f7f9d11",
            "token": "nada",
            "informe": "exito",
        }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and "GET" in (rule.methods or set()):
            wanted = {name: values[name] for name in rule.arguments}
            yield adapter.build(rule.endpoint, wanted).removeprefix("/api/v1")


def key_client(app, usuario):
    key = new_key()
    with app.app_context(), transaction():
        owner = db.session.get_one(Usuario, usuario.id)
        create_key(
            "ERP", owner, set(Alcance) - {Alcance.DATOS_PERSONALES}, key, actor=owner, now=utcnow()
        )
    return ApiClient(app, key)


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize("door", ["token", "clave"])
def test_no_address_tells_a_cliente_what_the_portal_hides(
    door, approved, app, api_of, usuario_cliente, usuario_investigador, caso, foto
):
    app.config["EVENTS_SECONDS"] = 0
    if approved:
        approve(app, foto, usuario_investigador)
    ask = api_of(usuario_cliente) if door == "token" else key_client(app, usuario_cliente)
    good = 0
    for url in reading_addresses(app, caso, foto):
        for query in ("", "?desde=0" if "eventos" in url else "?limit=100"):
            answer = ask("GET", url + query)
            text = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
            answer.close()
            good += answer.status_code == 200
            for secret in SECRETS:
                assert secret not in text, f"{url} tells {secret!r}"
    app.config.pop("EVENTS_SECONDS")
    assert good >= 8


def test_the_head_is_that_of_the_rule_and_of_the_portal(cliente_api, cliente, caso):
    told = cliente_api("GET", f"/oficios/{caso.id}").get_json()
    page = cliente.get(f"/portal/oficios/{caso.id}").text

    around = {"id", "buffet_id", "buffet_nombre", "proximo_paso", "vehiculo", "hitos"}
    assert set(told) == around | set(HEAD_FIELDS)
    assert set(OficioDelBuffet.model_fields) == set(told)
    assert set(VehiculoDelBuffet.model_fields) == set(HEAD_VEHICLE_FIELDS)
    for text in (told["numero_oficio"], told["rol"], told["caratulado"], told["proximo_paso"]):
        assert text in page
    assert [hito["texto"] for hito in told["hitos"]] == ["Comienza la búsqueda", "Oficio recibido"]
    assert cliente_api("GET", "/oficios").get_json() == [told]


def test_the_firm_reads_the_whole_oficio_with_another_etag(cliente_api, admin_api, caso):
    theirs = cliente_api("GET", f"/oficios/{caso.id}")
    ours = admin_api("GET", f"/oficios/{caso.id}")
    again = cliente_api(
        "GET", f"/oficios/{caso.id}", headers={"If-None-Match": theirs.headers["ETag"]}
    )
    crossed = cliente_api(
        "GET", f"/oficios/{caso.id}", headers={"If-None-Match": ours.headers["ETag"]}
    )

    assert ours.get_json()["notas_generales"] == "nota reservada general"
    assert ours.headers["ETag"] != theirs.headers["ETag"]
    assert (again.status_code, crossed.status_code) == (304, 200)


def test_internal_work_does_not_show_in_the_etag(app, cliente_api, caso, usuario_investigador):
    def note(row, actor):
        record(row, Actividad.NOTA, "otra", actor=actor, now=utcnow())
        row.version += 1

    before = cliente_api("GET", f"/oficios/{caso.id}").headers["ETag"]
    act(app, caso, usuario_investigador, note)

    assert cliente_api("GET", f"/oficios/{caso.id}").headers["ETag"] == before


@pytest.mark.parametrize("path", ["/oficios", "/tablero"])
@pytest.mark.parametrize(
    "q", [RUT, "12.345.678-5", "12345678", "Rosa", "quintanilla", "JSAA11111111", "escondido"]
)
def test_the_search_answers_nothing_about_what_is_hidden(path, q, cliente_api, admin_api, caso):
    answer = cliente_api("GET", f"{path}?q={q}")
    listed = answer.get_json()

    assert answer.headers["X-Total-Count"] == "0"
    assert sum(column["total"] for column in listed) == 0 if path == "/tablero" else listed == []
    if q != "escondido":  # nobody finds by addresses
        assert admin_api("GET", f"{path}?q={q}").headers["X-Total-Count"] == "1"


@pytest.mark.parametrize("path", ["/oficios", "/tablero"])
@pytest.mark.parametrize("q", ["BBCL12", "bb·cl·12", "bbcl", "c-77-2026", "banco", "cea  bbcl12"])
def test_the_search_finds_by_the_head(path, q, cliente_api, caso):
    assert cliente_api("GET", path, query_string={"q": q}).headers["X-Total-Count"] == "1"


def test_a_word_of_the_head_with_one_that_is_hidden_finds_nothing(cliente_api, caso):
    [head] = cliente_api("GET", "/oficios?q=BBCL12").get_json()
    assert head["id"] == caso.id
    assert cliente_api("GET", "/oficios?q=BBCL12 Rosa").get_json() == []


@pytest.mark.parametrize(
    "url",
    [
        "/oficios?prioridad=media",
        "/oficios?investigador_id=1",
        "/tablero?investigador_id=1",
        "/oficios/{}/timeline?tipo=nota",
    ],
)
def test_a_filter_on_what_is_hidden_is_refused(url, cliente_api, caso):
    answer = cliente_api("GET", url.format(caso.id))

    assert answer.status_code == 403
    assert "no filtra por" in answer.get_json()["detail"]


@pytest.mark.parametrize(("query", "found"), [("estado=investigacion", 1), ("estado=pendiente", 0)])
def test_filters_on_the_head_work(query, found, cliente_api, caso):
    assert len(cliente_api("GET", f"/oficios?{query}").get_json()) == found
    assert len(cliente_api("GET", f"/oficios?{query}&patente=BB.CL-12").get_json()) == found


def test_the_timeline_is_the_milestones(cliente_api, investigador_api, caso):
    answer = cliente_api("GET", f"/oficios/{caso.id}/timeline?limit=1")
    rest = cliente_api("GET", f"/oficios/{caso.id}/timeline?skip=1")

    assert answer.headers["X-Total-Count"] == "2"
    assert [hito["texto"] for hito in answer.get_json()] == ["Comienza la búsqueda"]
    assert [hito["texto"] for hito in rest.get_json()] == ["Oficio recibido"]
    assert set(answer.get_json()[0]) == {"cuando", "solo_dia", "texto"}
    assert "nota" in {
        row["tipo"] for row in investigador_api("GET", f"/oficios/{caso.id}/timeline").get_json()
    }


def test_the_board_shows_cards_of_the_head_alone(cliente_api, caso):
    columns = cliente_api("GET", "/tablero").get_json()

    assert {column["estado"]: column["total"] for column in columns}["investigacion"] == 1
    (card,) = [card for column in columns for card in column["tarjetas"]]
    assert set(card) == {
        "id",
        "numero_oficio",
        "fecha_limite",
        "patente",
        "marca",
        "modelo",
        "proximo_paso",
    }


def test_what_is_hidden_as_a_whole_is_403_also_where_there_is_nothing(cliente_api, caso):
    for part in ("propietarios", "direcciones", "avistamientos", "actividades", "ubicaciones"):
        for path in ("", "/1", "/999999"):
            assert cliente_api("GET", f"/oficios/{caso.id}/{part}{path}").status_code == 403
    for path in ("/direcciones/1/visitas", "/direcciones/999999/visitas", "/trabajos"):
        assert cliente_api("GET", path).status_code == 403


def test_nobody_of_another_buffet_reads_any_of_it(
    app, api_of, usuario_ajeno, usuario_investigador, caso, foto
):
    ask = api_of(usuario_ajeno)
    approve(app, foto, usuario_investigador)

    assert ask("GET", "/oficios").headers["X-Total-Count"] == "0"
    assert ask("GET", "/oficios?q=BBCL12").headers["X-Total-Count"] == "0"
    for path in ("", "/timeline", "/adjuntos", f"/adjuntos/{foto}", f"/adjuntos/{foto}/copia"):
        assert ask("GET", f"/oficios/{caso.id}{path}").status_code == 403


def test_a_photo_is_there_for_a_cliente_once_it_is_approved(
    app, cliente_api, investigador_api, usuario_investigador, caso, foto, rows
):
    url = f"/oficios/{caso.id}/adjuntos"
    paths = (f"/{foto}", f"/{foto}/copia")
    assert cliente_api("GET", url).headers["X-Total-Count"] == "0"
    assert {cliente_api("GET", url + path).status_code for path in paths} == {404}

    changed = investigador_api("PATCH", f"{url}/{foto}", {"aprobado": True})
    assert changed.get_json()["aprobado_at"] is not None
    listed = cliente_api("GET", url)
    assert listed.headers["X-Total-Count"] == "1"
    (told,) = listed.get_json()
    assert set(told) == {"id", "tipo", "filename", "url", "mime_type", "sha256", "aprobado_at"}
    assert told["filename"] == f"foto-{foto}.jpg"

    copy = cliente_api("GET", f"{url}/{foto}/copia")
    with Image.open(io.BytesIO(copy.data)) as image:
        assert (image.format, dict(image.getexif())) == ("JPEG", {})
    assert cliente_api("GET", f"{url}/{foto}/original").status_code == 403
    assert [row.accion for row in rows(Auditoria, entidad_id=foto)] == ["adjunto.aprobado"]

    investigador_api("PATCH", f"{url}/{foto}", {"aprobado": False})
    assert cliente_api("GET", url).get_json() == []
    assert {cliente_api("GET", url + path).status_code for path in paths} == {404}
    told = [row.descripcion for row in rows(Investigacion, tipo=Actividad.ADJUNTO)]
    assert [text.split(" la foto")[0] for text in told][1:] == [
        "Muestra al buffet",
        "Deja de mostrar al buffet",
    ]


def test_a_deleted_photo_is_shown_to_no_buffet(
    app, cliente_api, investigador_api, usuario_investigador, caso, foto
):
    approve(app, foto, usuario_investigador)
    investigador_api("DELETE", f"/oficios/{caso.id}/adjuntos/{foto}")

    assert cliente_api("GET", f"/oficios/{caso.id}/adjuntos").get_json() == []
    assert cliente_api("GET", f"/oficios/{caso.id}/adjuntos/{foto}/copia").status_code == 404


def test_what_the_rule_does_not_name_is_hidden():
    """A new kind of data is the office's until somebody decides otherwise here and there."""
    assert {
        Materia.CABECERA,
        Materia.HITOS,
        Materia.FOTOS_APROBADAS,
        Materia.EXPEDIENTE_DEL_BUFFET,
        Materia.MENSAJES,
        Materia.PROMESAS,
    } == BUFFET_READS


def test_a_former_investigador_reads_as_a_cliente_at_once(
    app, api_of, admin_api, usuario_investigador, caso
):
    change = {"rol": "cliente", "buffet_id": caso.buffet_id}
    admin_api("PATCH", f"/usuarios/{usuario_investigador.id}/cambiar-rol", change)
    with app.app_context():
        usuario = db.session.get_one(Usuario, usuario_investigador.id)
        ask = api_of(usuario)
    told = json.dumps(ask("GET", f"/oficios/{caso.id}").get_json())

    assert "proximo_paso" in told
    assert "notas_generales" not in told


def test_a_document_is_not_approved(app, investigador_api, usuario_investigador, caso):
    (result,) = send(app, caso, usuario_investigador, ("cav.pdf", pdf()))
    url = f"/oficios/{caso.id}/adjuntos/{result.adjunto_id}"
    told = investigador_api("PATCH", url, {"aprobado": True, "descripcion": "CAV"})

    assert told.status_code == 422
    assert told.get_json()["detail"][0]["loc"] == ["body", "aprobado"]
    assert investigador_api("GET", url).get_json()["descripcion"] is None


def test_no_answer_or_header_tells_a_cliente_that_the_office_worked(
    app, api_of, usuario_cliente, usuario_investigador, caso
):
    """Neither text, nor mark, count or order differs after a deed that its portal hides."""
    ask = api_of(usuario_cliente)
    urls = [f"/oficios/{caso.id}", "/oficios", "/tablero", f"/oficios/{caso.id}/timeline"]

    def read() -> list[tuple[str, str, list[tuple[str, str]]]]:
        seen = []
        for url in urls:
            answer = ask("GET", url)
            assert answer.status_code == 200
            headers = [
                (name, value)
                for name, value in answer.headers.items()
                if name in {"ETag", "Last-Modified", "X-Total-Count", "Link", "Content-Length"}
            ]
            seen.append((url, answer.get_data(as_text=True), headers))
        return seen

    def deed(row, actor):
        record(row, Actividad.NOTA, "otra nota reservada", actor=actor, now=utcnow())
        row.notas_generales = "cambio reservado"
        row.version += 1

    before = read()
    act(app, caso, usuario_investigador, deed)

    assert any(name == "ETag" for _, _, headers in before for name, _ in headers)
    assert read() == before
