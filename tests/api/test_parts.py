"""What hangs from an oficio, the boards, and the accounts: each route does what its word says."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from app.adjuntos.models import Adjunto
from app.api.rules import Alcance
from app.auditoria.models import Auditoria
from app.avistamientos.models import Avistamiento
from app.core.clock import local_today, utcnow
from app.direcciones.models import Direccion, Visita
from app.jobs.models import Trabajo
from app.oficios.models import Investigacion, Oficio, Propietario, Seguimiento
from app.oficios.rules import Estado
from app.usuarios.models import Usuario
from app.usuarios.rules import INVITE_JOB, Rol
from tests.adjuntos.files import jpeg, pdf
from tests.api.conftest import ApiClient
from tests.factories import make_link, make_oficio, make_trabajo
from tests.porticos.rows import find_gantry, load_catalogue


def test_an_oficio_is_entered_with_what_the_paper_names(investigador_api, buffet, rows):
    body = {
        "numero_oficio": " 12-2026 ",
        "buffet_id": buffet.id,
        "patente": "bb·cl-12",
        "año": 2015,
        "rol": "c-3030-2017",
        "tribunal": "un tribunal que no existe",
        "fecha_limite": "2026-12-20",
        "propietario_rut": "12.345.678-5",
        "direccion": "Av. Grecia 1180",
        "comuna": "nunoa",
    }
    response = investigador_api("POST", "/oficios/", body)
    told = response.get_json()

    assert response.status_code == 201, response.text
    assert (told["estado"], told["numero_oficio"], told["version"]) == ("pendiente", "12-2026", 1)
    assert told["vehiculo"]["patente"] == "BBCL12"
    assert told["vehiculo"]["año"] == 2015
    assert "no está en la lista" in told["advertencias"][0]
    assert rows(Propietario)[0].rut == "12345678-5"
    assert (rows(Direccion)[0].comuna, rows(Direccion)[0].region) == (
        "Ñuñoa",
        "Metropolitana de Santiago",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"buffet_id": 999}, "No hay un buffet activo"),
        ({"comuna": "Ñuñoa"}, "Escriba la calle y el número"),
        ({"propietario_email": "a@b.example"}, "el nombre o el RUT de la persona"),
        ({"año": 1850}, "El año 1850 no es creíble para un vehículo."),
        ({"año": "2015"}, "Debe ser un número entero."),
        ({"prioridad": "máxima"}, "Debe ser una de estas palabras: baja, media, alta o urgente."),
        ({"fecha_limite": "mañana"}, "Debe ser una fecha, por ejemplo 2026-11-24."),
        ({"fecha_limite": "0001-01-01"}, "no es creíble"),
        ({"anio": 2015}, "Este dato no existe aquí"),
    ],
)
def test_an_oficio_that_cannot_be_is_refused_in_words(
    change, sentence, investigador_api, buffet, rows
):
    body = {"numero_oficio": "1", "buffet_id": buffet.id, "patente": "BBCL12", **change}
    response = investigador_api("POST", "/oficios", body)

    assert response.status_code == 422
    assert sentence in response.get_json()["detail"][0]["msg"]
    assert rows(Oficio) == []


def test_a_list_is_filtered_and_cut_and_a_cliente_sees_its_own(
    app, api_of, usuario_cliente, usuario_admin, buffet, otro_buffet
):
    make_oficio(app, buffet, usuario_admin, patente="LGCR75", numero_oficio="A-1")
    make_oficio(app, buffet, usuario_admin, numero_oficio="A-2", estado=Estado.NOTIFICACION)
    make_oficio(app, otro_buffet, usuario_admin, numero_oficio="B-1")
    ask = api_of(usuario_admin)

    def numbers(query, who=ask):
        response = who("GET", f"/oficios/?{query}")
        return [row["numero_oficio"] for row in response.get_json()], response.headers[
            "X-Total-Count"
        ]

    assert numbers("") == (["B-1", "A-2", "A-1"], "3")
    assert numbers("limit=1&skip=1") == (["A-2"], "3")
    assert numbers("skip=50") == ([], "3")
    assert numbers("patente=LG.CR-75") == (["A-1"], "1")
    assert numbers("patente=nada") == ([], "0")
    assert numbers("q=a-2") == (["A-2"], "1")
    assert numbers("estado=notificacion") == (["A-2"], "1")
    assert numbers(f"buffet_id={otro_buffet.id}") == (["B-1"], "1")
    assert numbers("", api_of(usuario_cliente)) == (["A-2", "A-1"], "2")


def test_a_cliente_of_another_buffet_is_told_that_it_is_not_theirs(api_of, usuario_ajeno, oficio):
    response = api_of(usuario_ajeno)("GET", f"/oficios/{oficio.id}")

    assert response.status_code == 403
    assert response.get_json() == {"detail": "No tiene acceso a este oficio"}
    missing = api_of(usuario_ajeno)("GET", "/oficios/999")
    assert (missing.status_code, missing.get_json()["detail"]) == (404, "Oficio no encontrado")


def test_a_correction_changes_what_was_sent_and_tells_it(investigador_api, oficio, rows):
    path = f"/oficios/{oficio.id}"
    body = {"prioridad": "urgente", "patente": "LGCR75-1", "color": "Rojo", "notas_generales": "x"}
    told = investigador_api("PATCH", path, body).get_json()

    assert (told["prioridad"], told["vehiculo"]["patente"]) == ("urgente", "LGCR75")
    assert told["vehiculo"]["marca"] == "Suzuki"
    assert (
        investigador_api("PATCH", path, {"notas_generales": None}).get_json()["notas_generales"]
        is None
    )
    refused = investigador_api("PATCH", path, {"patente": None})
    assert refused.get_json()["detail"][0]["msg"] == "No puede quedar vacío."
    texts = [entry.descripcion for entry in rows(Investigacion)]
    assert "Datos del oficio modificados" in texts
    assert any("Patente corregida" in text for text in texts)


def test_a_case_is_entrusted_to_the_firm_alone(
    investigador_api, oficio, usuario_admin, usuario_cliente
):
    path = f"/oficios/{oficio.id}/asignar"
    given = investigador_api("PATCH", path, {"investigador_id": usuario_admin.id})
    taken = investigador_api("PATCH", path, {"investigador_id": None})

    assert given.get_json()["investigador_id"] == usuario_admin.id
    assert taken.get_json()["investigador_id"] is None
    for wrong in (usuario_cliente.id, 999):
        assert investigador_api("PATCH", path, {"investigador_id": wrong}).status_code == 422


def test_a_person_is_added_read_corrected_and_taken_out(
    investigador_api, admin_api, cliente_api, oficio, rows
):
    base = f"/oficios/{oficio.id}/propietarios"
    made = investigador_api("POST", base, {"nombre": "Rosa Soto", "tipo": "aval"})
    path = f"{base}/{made.get_json()['id']}"

    assert made.status_code == 201
    assert admin_api("GET", base).get_json() == [made.get_json()]
    assert admin_api("GET", path).get_json() == made.get_json()
    assert {cliente_api("GET", url).status_code for url in (base, path)} == {403}
    changed = investigador_api("PATCH", path, {"telefono": "912345678"}).get_json()
    assert (changed["nombre"], changed["telefono"]) == ("Rosa Soto", "+56912345678")
    assert investigador_api("PATCH", path, {"nombre": None}).status_code == 422
    assert investigador_api("DELETE", path).status_code == 204
    assert investigador_api("DELETE", path).status_code == 404
    assert rows(Propietario) == []


def test_who_reads_the_data_of_a_person_is_written_down_as_on_the_page(
    investigador_api, admin_api, cliente_api, investigador, oficio, rows
):
    base = f"/oficios/{oficio.id}/propietarios"
    rosa = {"nombre": "Rosa Soto", "rut": "15.987.654-9", "telefono": "998765432"}
    path = f"{base}/{investigador_api('POST', base, rosa).get_json()['id']}"
    investigador_api("POST", base, {"nombre": "Luis"})
    assert rows(Auditoria, accion="persona.datos_mostrados") == []

    assert len(investigador_api("GET", base).get_json()) == 2
    admin_api("GET", path)
    cliente_api("GET", path)
    investigador_api("PATCH", path, {"notas": "Llamar de tarde"})

    told = rows(Auditoria, accion="persona.datos_mostrados")
    names = {usuario.id: usuario.nombre for usuario in rows(Usuario)}
    who = ["Carla Muñoz", "Ana Vega", "Carla Muñoz"]
    assert [names[record.usuario_id] for record in told] == who, "nothing of Luis is masked"
    assert {record.oficio_id for record in told} == {oficio.id}
    page = investigador.get(f"/oficios/{oficio.id}/historial?ambito=acceso").text
    assert page.count("Pidió ver el RUT y los contactos de Rosa Soto, por la API.") == 3


def test_without_its_scope_nobody_reads_the_data_of_a_person(
    app, token_of, make_key, usuario_investigador, investigador_api, oficio, rows
):
    base = f"/oficios/{oficio.id}/propietarios"
    rosa = {"rut": "15.987.654-9", "telefono": "998765432", "email": "rosa@correo.example"}
    path = f"{base}/{investigador_api('POST', base, rosa).get_json()['id']}"
    masked = ApiClient(app, token_of(usuario_investigador, scopes=()))
    _, key = make_key(usuario_investigador)
    _, open_key = make_key(usuario_investigador, *Alcance)

    for ask in (masked, key):
        answers = [ask("GET", base).text, ask("GET", path).text]
        answers.append(ask("PATCH", path, {"notas": "Timbre malo"}).text)
        assert not any(
            secret in text for text in answers for secret in ("15987", "987654", "rosa@")
        )
        assert "••32" in ask("GET", path).get_json()["telefono"]
    shown = ask("GET", path).get_json()
    for name in rosa:
        refused = ask("PATCH", path, {name: shown[name]})
        assert refused.status_code == 422, f"what is masked is not stored as {name}"
    assert rows(Auditoria, accion="persona.datos_mostrados") == []
    assert open_key("GET", path).get_json()["email"] == rosa["email"]
    assert len(rows(Auditoria, accion="persona.datos_mostrados")) == 1


def test_the_bitacora_masks_whose_data_were_changed(investigador_api, oficio):
    base = f"/oficios/{oficio.id}/propietarios"
    rosa = {"rut": "15.987.654-9", "telefono": "998765432", "email": "rosa@correo.example"}
    path = f"{base}/{investigador_api('POST', base, rosa).get_json()['id']}"
    investigador_api("PATCH", path, {"telefono": "998765499", "email": None})
    investigador_api("DELETE", path)

    answer = investigador_api("GET", f"/oficios/{oficio.id}/timeline")
    changed = next(e for e in answer.get_json() if "modificada" in e["descripcion"])
    assert changed["detalle"]["antes"]["telefono"] == "+56 9 •••• ••32"
    assert changed["detalle"]["despues"] == {"telefono": "+56 9 •••• ••99", "email": None}
    for secret in ("15987654", "15.987.654", "56998765", "rosa@"):
        assert secret not in str(answer.get_json())


def test_an_address_is_visited_and_then_stays(
    investigador_api, admin_api, cliente_api, oficio, rows
):
    base = f"/oficios/{oficio.id}/direcciones"
    made = investigador_api("POST", base, {"direccion": "Av. Grecia 1180", "comuna": "Ñuñoa"})
    path = f"{base}/{made.get_json()['id']}"
    changed = investigador_api("PATCH", path, {"notas": "Timbre malo", "version": 1})
    stale = investigador_api("PATCH", path, {"notas": "Otra", "version": 1})
    visits = f"/direcciones/{made.get_json()['id']}/visitas"
    visit = investigador_api("POST", visits, {"resultado": "exitosa", "lat": -33.4, "lon": -70.6})

    assert made.get_json()["region"] == "Metropolitana de Santiago"
    assert (changed.status_code, stale.status_code) == (200, 409)
    assert visit.status_code == 201
    assert admin_api("GET", visits).get_json() == [visit.get_json()]
    assert admin_api("GET", path).get_json()["verificada"] is True
    assert {cliente_api("GET", url).status_code for url in (base, path, visits)} == {403}
    half = investigador_api("POST", visits, {"resultado": "exitosa", "lat": -33.4})
    assert "Media posición no sirve" in half.get_json()["detail"][0]["msg"]
    kept = investigador_api("DELETE", path)
    assert (kept.status_code, len(rows(Visita))) == (409, 1)
    other = investigador_api("POST", base, {"direccion": "Otra 1"}).get_json()["id"]
    assert investigador_api("DELETE", f"{base}/{other}").status_code == 204


def test_the_visits_of_another_buffet_are_not_shown(
    api_of, usuario_ajeno, investigador_api, oficio
):
    made = investigador_api("POST", f"/oficios/{oficio.id}/direcciones", {"direccion": "X 1"})
    visits = f"/direcciones/{made.get_json()['id']}/visitas"

    assert api_of(usuario_ajeno)("GET", visits).status_code == 403
    # No difference that tells which addresses there are.
    assert api_of(usuario_ajeno)("GET", "/direcciones/999/visitas").status_code == 403
    assert investigador_api("GET", "/direcciones/999/visitas").status_code == 404


def test_a_note_is_written_mended_and_taken_back_by_its_author_alone(
    investigador_api, admin_api, cliente_api, oficio, rows
):
    base = f"/oficios/{oficio.id}/actividades"
    day = (local_today(utcnow()) + timedelta(days=1)).isoformat()
    note = {"descripcion": "No contesta", "tipo": "llamada", "seguimiento": day}
    made = investigador_api("POST", base, note)
    path = f"{base}/{made.get_json()['id']}"

    assert made.status_code == 201
    assert made.get_json()["detalle"]["seguimiento"] == day
    assert [row.para.isoformat() for row in rows(Seguimiento)] == [day]
    plan = {"descripcion": "Ir a buscarlo", "tipo": "nota", "seguimiento": day}
    twice = [investigador_api("POST", base, plan).get_json()["id"] for _ in range(2)]
    assert twice[0] == twice[1], "the same plan again is the one that stands"
    assert len(rows(Seguimiento)) == 2
    past = {**note, "seguimiento": "2020-01-01"}
    refused = investigador_api("POST", base, past)
    assert (refused.status_code, "seguimiento" in refused.text) == (422, True)
    assert admin_api("PATCH", path, {"descripcion": "x"}).status_code == 409
    assert admin_api("DELETE", path).status_code == 409
    mended = investigador_api("PATCH", path, {"descripcion": "Contesta el conserje"})
    assert mended.get_json()["editado_at"] is not None
    told = admin_api("GET", f"/oficios/{oficio.id}/timeline").get_json()
    assert told[1]["descripcion"] == "Contesta el conserje"
    assert "conserje" not in cliente_api("GET", f"/oficios/{oficio.id}/timeline").text
    assert [row["id"] for row in admin_api("GET", f"{base}?tipo=llamada").get_json()] == [
        made.get_json()["id"]
    ]
    assert investigador_api("DELETE", path).status_code == 204
    assert rows(Auditoria)[-1].accion == "bitacora.entrada_retirada"
    refused = investigador_api("POST", base, {"descripcion": "x", "tipo": "sistema"})
    assert refused.status_code == 422


def test_a_sighting_is_written_corrected_and_taken_back(investigador_api, oficio, rows):
    base = f"/oficios/{oficio.id}/avistamientos"
    body = {"fuente": "terreno", "fecha_hora": "2026-11-22T19:12:00-03:00", "ubicacion": "Grecia"}
    made = investigador_api("POST", base, body)
    path = f"{base}/{made.get_json()['id']}"

    assert (made.status_code, made.get_json()["fecha"]) == (201, "2026-11-22")
    assert investigador_api("POST", base, body).status_code == 409
    gantry = investigador_api("POST", base, {**body, "fuente": "portico"})
    assert "solo llegan del proveedor" in gantry.get_json()["detail"]
    changed = investigador_api("PATCH", path, {"fecha": "2026-11-21"}).get_json()
    assert (changed["fecha"], changed["fecha_hora"]) == ("2026-11-21", None)
    assert changed["ubicacion"] == "Grecia"
    assert investigador_api("DELETE", path).status_code == 204
    assert rows(Avistamiento) == []


def test_a_sighting_says_which_gantry_its_text_means_and_why(
    app, investigador_api, admin_api, oficio
):
    load_catalogue(app)
    gantry = find_gantry(app, "Costanera Norte", "P3")
    base = f"/oficios/{oficio.id}/avistamientos"
    fine = {"fuente": "multa", "fecha": "2026-11-20", "empresa": "Costanera Norte"}
    refused = investigador_api("POST", base, fine)
    assert refused.status_code == 422
    assert refused.get_json()["detail"][0]["loc"][-1] == "orden_judicial"
    fine["orden_judicial"] = "Resolución de 02-11-2026"

    shown = investigador_api("POST", base, {**fine, "ubicacion": "Pórtico P3"}).get_json()
    road = investigador_api("POST", base, fine).get_json()
    street = investigador_api("POST", base, {"fecha": "2026-11-20", "ubicacion": "P3"}).get_json()

    assert shown["portico_id"] == gantry.id
    assert shown["portico"] == {
        "id": gantry.id,
        "autopista": "Costanera Norte",
        "codigo": "P3",
        "tramo": gantry.tramo,
        "sentido": "oriente→poniente",
        "comuna": "Providencia",
        "lat": -33.423992,
        "lon": -70.621955,
        "confianza_coord": "alta",
    }
    assert (shown["portico_metodo"], shown["ubicacion"]) == ("sin_sentido", "Pórtico P3")
    assert shown["portico_motivo"] == "código P3 en Costanera Norte; el texto no dice el sentido"
    assert (road["portico"], road["autopista"]) == (None, "Costanera Norte")
    assert (street["portico"], street["portico_metodo"], street["listado_id"]) == (None, None, None)
    listed = admin_api("GET", base).get_json()
    assert {row["portico_id"] for row in listed} == {gantry.id, None}


def test_a_photo_goes_up_is_read_and_taken_out(
    investigador_api, admin_api, cliente_api, oficio, rows
):
    base = f"/oficios/{oficio.id}/adjuntos"
    photo = jpeg()

    def send(data, name="frente.jpg"):
        return investigador_api("POST", base, data={"archivo": (BytesIO(data), name), "tipo": ""})

    made = send(photo)
    told = made.get_json()
    path = f"{base}/{told['id']}"
    assert made.status_code == 201, made.text
    assert (told["tamaño_bytes"], told["tipo"]) == (len(photo), "foto_vehiculo")
    assert send(photo).status_code == 409
    assert send(b"MZ", "virus.exe").status_code == 422
    assert investigador_api(
        "POST",
        base,
        data={"tipo": "evidencia"},
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    ).status_code in {400, 422}
    assert investigador_api("POST", base, {"archivo": "x"}).status_code == 415

    copy = admin_api("GET", told["url"].removeprefix("/api/v1"))
    assert (copy.mimetype, admin_api("GET", path).get_json()["metadata"]) == (
        "image/jpeg",
        told["metadata"],
    )
    original = investigador_api("GET", told["original_url"].removeprefix("/api/v1"))
    assert original.data == photo
    assert rows(Auditoria)[-1].accion == "adjunto.original_descargado"
    assert cliente_api("GET", told["original_url"].removeprefix("/api/v1")).status_code == 403
    assert investigador_api("PATCH", path, {"descripcion": "Frente"}).status_code == 200
    paper = send(pdf(), "papel.pdf").get_json()
    wrong = investigador_api("PATCH", f"{base}/{paper['id']}", {"tipo": "foto_vehiculo"})
    assert "Un PDF no es una foto" in wrong.get_json()["detail"][0]["msg"]
    assert investigador_api("DELETE", f"{path}?motivo=Otro auto").status_code == 204
    assert rows(Adjunto)[0].eliminado_motivo == "Otro auto"
    assert [row["id"] for row in admin_api("GET", base).get_json()] == [paper["id"]]


def test_the_board_counts_and_shows_first_cards(
    app, admin_api, cliente_api, oficio, otro_buffet, usuario_admin
):
    make_oficio(app, otro_buffet, usuario_admin)
    whole, own = admin_api("GET", "/tablero"), cliente_api("GET", "/tablero")

    assert [column["estado"] for column in whole.get_json()] == [item.value for item in Estado]
    assert (whole.get_json()[0]["total"], whole.headers["X-Total-Count"]) == (2, "2")
    assert [card["id"] for card in own.get_json()[0]["tarjetas"]] == [oficio.id]
    found = admin_api("GET", f"/tablero?buffet_id={otro_buffet.id}").get_json()
    assert found[0]["total"] == 1


def test_a_link_opens_its_buffet_and_a_rotated_one_nothing(app, nobody, buffet, oficio):
    token = make_link(app, buffet)
    shown = nobody("GET", f"/publico/tablero/{token}")

    assert shown.status_code == 200
    assert shown.get_json()["oficios"][0]["numero_oficio"] == oficio.numero_oficio
    assert shown.get_json()["resumen"]["abiertos"] == 1
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    make_link(app, buffet)
    answers = {nobody("GET", f"/publico/tablero/{text}").text for text in (token, "x", "a.b")}
    assert len(answers) == 1


def test_jobs_are_listed_to_who_asked_for_them_and_retried(
    app, admin_api, investigador_api, usuario_investigador
):
    mine = make_trabajo(app, usuario_id=usuario_investigador.id)
    other = make_trabajo(app)

    assert {row["task_id"] for row in admin_api("GET", "/trabajos").get_json()} == {mine, other}
    assert [row["task_id"] for row in investigador_api("GET", "/trabajos").get_json()] == [mine]
    assert admin_api("GET", "/trabajos?estado=hecho").get_json() == []
    again = investigador_api("POST", f"/trabajos/{mine}/reintentar")
    assert (again.status_code, again.get_json()["estado"]) == (202, "pendiente")
    assert investigador_api("POST", f"/trabajos/{mine}/reintentar").status_code == 409
    assert investigador_api("POST", f"/trabajos/{other}/reintentar").status_code == 404


def test_nobody_chooses_the_password_of_somebody_else(admin_api, rows):
    body = {"email": "pedro@oficina.example", "nombre": "Pedro", "rol": "investigador"}
    secret = {"password": "una clave larga y propia"}
    assert admin_api("POST", "/usuarios", {**body, **secret}).status_code == 422
    path = f"/usuarios/{admin_api('POST', '/usuarios', body).get_json()['id']}"
    stored = rows(Usuario)[-1].password_hash

    refused = admin_api("PATCH", path, secret)

    (problem,) = refused.get_json()["detail"]
    assert (refused.status_code, problem["loc"]) == (422, ["body", "password"])
    assert "con el enlace de su invitación" in problem["msg"]
    assert "una clave larga" not in refused.text
    assert rows(Usuario)[-1].password_hash == stored


def test_a_person_is_invited_by_mail_and_again_on_request(admin_api, rows, configure):
    body = {"email": "pedro@oficina.example", "nombre": "Pedro", "rol": "investigador"}
    path = f"/usuarios/{admin_api('POST', '/usuarios', body).get_json()['id']}"
    assert admin_api("POST", f"{path}/invitar").status_code == 409

    configure(smtp_host="correo.invalid")
    body["email"] = "rosa@oficina.example"
    rosa = admin_api("POST", "/usuarios", body).get_json()["id"]
    assert admin_api("POST", f"{path}/invitar").status_code == 202

    ordered = {row.argumentos["usuario_id"] for row in rows(Trabajo, tipo=INVITE_JOB)}
    assert ordered == {rosa, int(path.rpartition("/")[2])}


def test_accounts_are_opened_changed_and_closed(admin_api, buffet, rows):
    body = {
        "email": "Pedro@Oficina.example",
        "nombre": "Pedro",
        "rol": "investigador",
    }
    made = admin_api("POST", "/usuarios", body)
    path = f"/usuarios/{made.get_json()['id']}"

    assert (made.status_code, made.get_json()["email"]) == (201, "pedro@oficina.example")
    assert "password" not in made.text
    assert admin_api("PATCH", path, {"nombre": "Pedro Rojas"}).get_json()["nombre"] == "Pedro Rojas"
    role = admin_api("PATCH", f"{path}/cambiar-rol", {"rol": "cliente", "buffet_id": buffet.id})
    assert (role.get_json()["rol"], role.get_json()["buffet_id"]) == ("cliente", buffet.id)
    assert admin_api("PATCH", f"{path}/cambiar-rol", {"rol": "cliente"}).status_code == 400
    assert (
        admin_api("PATCH", f"{path}/cambiar-rol", {"rol": "admin", "buffet_id": 9}).status_code
        == 400
    )
    assert admin_api("DELETE", path).status_code == 204
    assert admin_api("GET", path).get_json()["activo"] is False
    listed = admin_api("GET", "/usuarios?rol=cliente&activo=false").get_json()
    assert [row["id"] for row in listed] == [made.get_json()["id"]]
    assert rows(Usuario)[-1].rol is Rol.CLIENTE
