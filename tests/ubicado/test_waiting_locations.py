"""A location that waited on a phone: each photo and the location once, and when it was seen."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from app.adjuntos.models import Adjunto
from app.core.clock import utcnow
from app.core.dates import format_fecha_hora
from app.direcciones.models import Direccion
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.ubicado.models import Ubicacion
from app.usuarios.rules import Rol
from tests.adjuntos.files import jpeg
from tests.factories import make_usuario


def path(oficio):
    return f"/terreno/datos/oficios/{oficio.id}/ubicado"


def send_photo(client, oficio, data, foto_id="f-1"):
    photo = {"foto_id": foto_id, "fotos": (BytesIO(data), "auto.jpg")}
    return client.post(f"{path(oficio)}/fotos", data=photo)


@pytest.fixture
def place_id(searched, rows):
    (place,) = rows(Direccion, oficio_id=searched.id)
    return place.id


def location(place_id, adjunto_id, **values):
    now = utcnow()
    return {
        "cliente_id": str(uuid4()),
        "lugar": str(place_id),
        "mostrada": "Av. Grecia 1180, Ñuñoa",
        "accesos": "Portón o barrera",
        "lat": "-33.456",
        "lon": "-70.612",
        "exactitud_m": "12",
        "anotado_at": (now - timedelta(hours=2)).isoformat(),
        "enviada_at": now.isoformat(),
        "adjuntos": str(adjunto_id),
        **values,
    }


def test_a_location_that_waited_comes_once_and_says_when_the_vehicle_was_seen(
    app, sign_in, investigador, searched, place_id, rows
):
    picture = jpeg()
    first, again = (send_photo(investigador, searched, picture) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    broken = send_photo(investigador, searched, b"\xff\xd8\xff" + bytes(60_000), "f-2")
    assert broken.status_code == 422
    assert "dañada" in broken.json["detail"]
    sent = location(place_id, first.json["adjunto_id"], mostrada="Av. Grecia 118, Ñuñoa")

    stored = investigador.post(path(searched), data=sent)
    repeated = investigador.post(path(searched), data=sent)

    assert (stored.status_code, repeated.status_code) == (201, 200)
    assert "ubicado en Av. Grecia 1180, Ñuñoa" in stored.json["detail"]
    assert investigador.get(stored.json["siguiente"]).status_code == 200
    (found,) = rows(Ubicacion)
    seen = format_fecha_hora(found.ubicado_at - timedelta(hours=2))[:15]
    assert found.acceso.startswith(f"Visto el {seen}")
    assert "según el teléfono, sin señal. Portón o barrera" in found.acceso
    assert found.notas == "Al elegirla, la dirección decía «Av. Grecia 118, Ñuñoa»."
    assert rows(Oficio, id=searched.id)[0].estado is Estado.NOTIFICACION
    assert len(rows(Adjunto)) == 1

    # Who found it meanwhile is told, and the phone asks its person instead of trying for ever.
    other = sign_in(make_usuario(app, Rol.INVESTIGADOR, nombre="Julia Paz"))
    late = other.post(path(searched), data={**sent, "cliente_id": str(uuid4())})
    assert (late.status_code, late.json["motivo"]) == (409, "rechazada")
    assert "ya lo ubicó" in late.json["detail"]


def test_a_location_that_arrives_at_once_or_cannot_be_read_is_told_so(
    investigador, stranger, cliente, searched, place_id, rows
):
    adjunto_id = send_photo(investigador, searched, jpeg()).json["adjunto_id"]
    for client, status in ((cliente, 404), (stranger, 401)):
        assert (
            client.post(path(searched), data=location(place_id, adjunto_id)).status_code == status
        )
        assert send_photo(client, searched, jpeg()).status_code == status
    wrong = investigador.post(path(searched), data=location(place_id, adjunto_id, lugar="nueva"))
    assert wrong.status_code == 422
    assert "Escriba la comuna" in wrong.json["detail"]
    without = {**location(place_id, adjunto_id)}
    del without["adjuntos"]
    none = investigador.post(path(searched), data=without)
    assert (none.status_code, "Falta la foto" in none.json["detail"]) == (422, True)
    assert rows(Ubicacion) == []

    now = utcnow().isoformat()
    for moment in (now, "ayer"):
        sent = location(place_id, adjunto_id, anotado_at=moment, enviada_at=now)
    assert investigador.post(path(searched), data=sent).status_code == 201
    assert rows(Ubicacion)[0].acceso == "Portón o barrera"
