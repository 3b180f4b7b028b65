"""What is sent twice happens once, and nobody's change is lost."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.api.models import RespuestaGuardada
from app.api.queries import forget_answers
from app.api.v1 import repeating
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.oficios.models import Oficio, Propietario
from tests.adjuntos.files import jpeg
from tests.api.test_buffets import NEW

KEY = {"Idempotency-Key": "pedido-1"}


@pytest.fixture
def new(buffet):
    return {"numero_oficio": "77-2026", "buffet_id": buffet.id, "patente": "BBCL12"}


def test_the_same_key_gives_the_first_answer_again(investigador_api, new, rows):
    first = investigador_api("POST", "/oficios", new, headers=KEY)
    again = investigador_api("POST", "/oficios/", new, headers=KEY)

    assert first.status_code == again.status_code == 201
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(rows(Oficio)) == 1


def test_the_same_key_with_other_data_is_refused(investigador_api, new, rows):
    investigador_api("POST", "/oficios", new, headers=KEY)
    other = investigador_api("POST", "/oficios", {**new, "numero_oficio": "78-2026"}, headers=KEY)

    assert other.status_code == 422
    assert "ya se usó con otros datos" in other.get_json()["detail"]
    assert len(rows(Oficio)) == 1


def test_a_key_is_ones_own(investigador_api, admin_api, new, rows):
    investigador_api("POST", "/oficios", new, headers=KEY)
    other = admin_api("POST", "/oficios", {**new, "numero_oficio": "78-2026"}, headers=KEY)

    assert other.status_code == 201
    assert len(rows(Oficio)) == 2


def test_what_was_refused_may_be_tried_again_with_the_same_key(investigador_api, new, rows):
    wrong = {**new, "patente": "no es patente"}
    assert investigador_api("POST", "/oficios", wrong, headers=KEY).status_code == 422
    assert rows(RespuestaGuardada) == []
    assert investigador_api("POST", "/oficios", new, headers=KEY).status_code == 201


def test_a_request_that_is_under_way_for_too_long_is_told(
    app, investigador_api, usuario_investigador, new, rows, monkeypatch
):
    monkeypatch.setattr(repeating, "PATIENCE", 0.2)
    investigador_api("POST", "/oficios", new, headers=KEY)
    with app.app_context(), transaction():
        kept = db.session.scalars(sa.select(RespuestaGuardada)).one()
        kept.estado = None
        kept.created_at = utcnow()
    response = investigador_api("POST", "/oficios", new, headers=KEY)

    assert response.status_code == 409
    assert response.headers["Retry-After"] == "1"


def test_an_answer_is_kept_for_a_day(app, investigador_api, new, rows):
    investigador_api("POST", "/oficios", new, headers=KEY)
    with app.app_context():
        forget_answers(utcnow() + timedelta(hours=23))
    assert len(rows(RespuestaGuardada)) == 1
    with app.app_context():
        forget_answers(utcnow() + timedelta(hours=25))
    assert rows(RespuestaGuardada) == []


def test_a_photo_is_told_by_its_bytes_not_by_its_boundary(investigador_api, oficio):
    photo = jpeg()

    def send():
        data = {"archivo": (BytesIO(photo), "frente.jpg"), "tipo": "foto_vehiculo"}
        path = f"/oficios/{oficio.id}/adjuntos"
        return investigador_api("POST", path, data=data, headers=KEY)

    first, again = send(), send()
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()


def test_work_is_enqueued_once(investigador_api, buscado, rows):
    path = f"/oficios/{buscado.id}/consultar-apis"
    first = investigador_api("POST", path, headers=KEY)
    again = investigador_api("POST", path, headers=KEY)

    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert len(rows(Trabajo)) == 1


def test_the_token_of_a_dashboard_is_not_kept_in_the_clear(admin_api, rows):
    first = admin_api("POST", "/buffets", NEW, headers=KEY)
    again = admin_api("POST", "/buffets", NEW, headers=KEY)

    assert again.status_code == 201
    assert again.get_json() == first.get_json()
    assert first.get_json()["token_tablero"] not in rows(RespuestaGuardada)[0].cuerpo
    assert len(rows(Buffet)) == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "ñandú"])
def test_a_key_that_is_none_is_told(key, investigador_api, new, rows):
    response = investigador_api(
        "POST", "/oficios", new, headers={"Idempotency-Key": key.encode().decode("latin1")}
    )

    assert response.status_code == 400
    assert "Idempotency-Key" in response.get_json()["detail"]
    assert rows(Oficio) == []


def test_who_has_it_already_is_told_so(investigador_api, oficio):
    etag = investigador_api("GET", f"/oficios/{oficio.id}").headers["ETag"]
    again = investigador_api("GET", f"/oficios/{oficio.id}", headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert again.data == b""


def test_a_change_on_what_was_read_goes_through_and_on_an_older_state_not(
    investigador_api, admin_api, oficio
):
    path = f"/oficios/{oficio.id}"
    seen = investigador_api("GET", path).headers["ETag"]
    mine = investigador_api("PATCH", path, {"prioridad": "alta"}, headers={"If-Match": seen})
    late = admin_api("PATCH", path, {"prioridad": "baja"}, headers={"If-Match": seen})

    assert mine.status_code == 200
    assert late.status_code == 412
    assert "If-Match" in late.get_json()["detail"]
    assert admin_api("GET", path).get_json()["prioridad"] == "alta"


def test_a_stale_version_is_a_conflict_that_names_who_was_first(
    investigador_api, admin_api, oficio
):
    path = f"/oficios/{oficio.id}"
    assert investigador_api("PATCH", path, {"color": "Rojo", "version": 1}).status_code == 200
    late = admin_api("PATCH", path, {"color": "Azul", "version": 1})

    assert late.status_code == 409
    assert "Carla Muñoz lo cambió" in late.get_json()["detail"]


@pytest.mark.parametrize("tag", ['""', '"", "x"', 'W/"1-0"', "sin comillas", ""])
def test_a_mark_that_is_none_of_ours_fits_nothing(tag, investigador_api, oficio):
    response = investigador_api(
        "PATCH", f"/oficios/{oficio.id}", {"color": "Rojo"}, headers={"If-Match": tag}
    )

    assert response.status_code == 412


@pytest.mark.parametrize("tag", ['"1"', "*"])
def test_a_version_alone_and_a_star_are_marks_too(tag, investigador_api, oficio):
    path = f"/oficios/{oficio.id}/estado"
    response = investigador_api(
        "PATCH", path, {"estado": "investigacion"}, headers={"If-Match": tag}
    )

    assert response.status_code == 200, response.text


def test_what_has_no_version_is_told_by_what_it_says(app, investigador_api, oficio, rows):
    made = investigador_api("POST", f"/oficios/{oficio.id}/propietarios", {"nombre": "Rosa Soto"})
    path = f"/oficios/{oficio.id}/propietarios/{made.get_json()['id']}"
    seen = {"If-Match": made.headers["ETag"]}

    assert (
        investigador_api("PATCH", path, {"notas": "Turno noche"}, headers=seen).status_code == 200
    )
    assert investigador_api("PATCH", path, {"notas": "Otra"}, headers=seen).status_code == 412
    assert rows(Propietario)[0].notas == "Turno noche"
