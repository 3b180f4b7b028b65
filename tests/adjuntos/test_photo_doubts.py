"""What the camera says is set against what people say; what does not add up is a warning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import ExifTags

from app.adjuntos.models import Adjunto
from app.adjuntos.rules.photo_doubts import list_mismatches, metres
from app.adjuntos.rules.photo_time import taken_at
from app.core.clock import utcnow
from app.custodia.service import verify
from app.db import db, transaction
from app.direcciones.models import Direccion, Visita
from app.direcciones.rules import ResultadoVisita
from app.oficios.models import Oficio
from app.oficios.service import DireccionData, VisitaData, add_direccion, add_visita
from app.usuarios.models import Usuario
from tests.adjuntos.files import camera_exif, jpeg, make_adjunto, pdf
from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment

#: When and where ``camera_exif`` was: 18:04:10 in Chile, downtown.
TAKEN = datetime(2026, 11, 20, 21, 4, 10, tzinfo=UTC)
THERE = (-33.4375, -70.65)


def photo(metadatos, visita=None):
    return Adjunto(
        metadatos=metadatos, visita=visita, created_at=datetime(2026, 11, 21, tzinfo=UTC)
    )


def visit(at=TAKEN, lat=THERE[0], lon=THERE[1], error=None, place=None):
    return Visita(
        fecha_hora=at,
        lat=lat,
        lon=lon,
        exactitud_m=error,
        direccion=place or Direccion(direccion="Av. Grecia 1180"),
    )


SAID = {"tomada_at": "2026-11-20T18:04:10-03:00", "gps": {"lat": THERE[0], "lon": THERE[1]}}


@pytest.mark.parametrize(
    ("said", "visita", "words"),
    [
        ({}, None, []),
        ({}, visit(), []),
        (SAID, None, []),
        (SAID, visit(), []),
        (SAID, visit(TAKEN + timedelta(hours=1, minutes=59)), []),
        (SAID, visit(TAKEN + timedelta(hours=3)), ["y la visita fue el 20-11-2026 21:04"]),
        (SAID, visit(lat=-33.4415), []),
        (SAID, visit(lat=-33.4465), ["a 1,0 km del lugar"]),
        (SAID, visit(lat=-33.4435), ["a 667 m del lugar"]),
        (SAID, visit(lat=-33.4465, error=900), []),
        (SAID, visit(lat=None, lon=None), []),
        (
            SAID,
            visit(lat=None, lon=None, place=Direccion(direccion="x", lat=-33.0, lon=-71.6)),
            ["km del lugar"],
        ),
        ({"tomada_at": "1970-01-01T00:00:00"}, visit(), ["el año 1970"]),
        ({"tomada_at": "1970-01-01T12:00:00"}, visit(), ["el año 1970"]),
        ({"tomada_at": "2031-01-01T12:00:00"}, None, ["después de que se subió"]),
        ({"tomada_at": "2026-13-45T99:00:00"}, visit(), ["sin hora de la cámara"]),
        ({"tomada_texto": "ayer"}, visit(), ["sin hora de la cámara"]),
        ({"tomada_at": "2026-09-06T00:30:00"}, None, ["Hora dudosa"]),
        ({"gps_nula": True}, visit(), ["posición 0,0"]),
    ],
)
def test_what_does_not_add_up_is_said(said, visita, words):
    found = list_mismatches(photo(said, visita))

    assert len(found) == len(words)
    for sentence, part in zip(found, words, strict=True):
        assert part in sentence
        assert sentence.endswith(".")


def test_an_hour_without_a_zone_is_one_in_chile():
    assert taken_at({"tomada_at": "2026-11-20T18:04:10"}) == TAKEN
    assert taken_at({"tomada_at": "2026-11-20T21:04:10+00:00"}) == TAKEN
    assert taken_at({}) is None


def test_a_degree_of_latitude_is_111_kilometres():
    assert metres(0, 0, 1, 0) == pytest.approx(111_195, abs=10)
    assert metres(-33, -70, -33, -70) == 0
    assert metres(0, 179.5, 0, -179.5) == pytest.approx(111_195, abs=10)


@pytest.fixture
def visited(app, oficio, usuario_investigador):
    """The id of a visit, an hour after the photo and four kilometres away."""
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        now = utcnow()
        direccion = add_direccion(
            row, DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa"), actor=actor, now=now
        )
        data = VisitaData(
            ResultadoVisita.EXITOSA, TAKEN + timedelta(hours=1), lat=-33.47, lon=-70.65
        )
        return add_visita(row, direccion, data, actor=actor, now=now).id


def test_the_visit_is_chosen_with_the_upload(folder, oficio, investigador, visited, rows):
    url = f"/oficios/{oficio.id}/fotos"
    assert "De qué visita son" in investigador.get(url).text

    response = investigador.post(
        url,
        data={
            "archivos": [
                (BytesIO(jpeg(exif=camera_exif())), "a.jpg"),
                (BytesIO(pdf()), "orden.pdf"),
            ],
            "visita_id": str(visited),
        },
    )

    assert response.status_code == 303
    assert {row.visita_id for row in rows(Adjunto)} == {visited}
    assert "No calza" in investigador.get(url).text


def test_without_visits_there_is_nothing_to_choose_and_none_is_meant(
    folder, oficio, investigador, rows
):
    url = f"/oficios/{oficio.id}/fotos"
    assert "De qué visita son" not in investigador.get(url).text

    investigador.post(url, data={"archivos": (BytesIO(jpeg()), "a.jpg")})

    assert [row.visita_id for row in rows(Adjunto)] == [None]


@pytest.mark.parametrize("value", ["999", "-1", "otra", "1; DROP"])
def test_a_visit_of_another_case_stores_nothing(value, folder, oficio, investigador, visited, rows):
    response = investigador.post(
        f"/oficios/{oficio.id}/fotos",
        data={"archivos": (BytesIO(jpeg()), "a.jpg"), "visita_id": value},
    )

    assert response.status_code == 422
    assert "Elija una de las visitas de la lista" in response.text
    assert rows(Adjunto) == []


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_photo_is_linked_to_its_visit_and_the_mismatch_is_seen(
    app, folder, oficio, usuario_investigador, investigador, visited, rows, headers
):
    adjunto = make_adjunto(app, oficio, usuario_investigador, data=jpeg(exif=camera_exif()))
    url = f"/oficios/{oficio.id}/fotos/{adjunto.id}"
    assert "No calza" not in investigador.get(f"/oficios/{oficio.id}/fotos").text

    response = investigador.post(
        url, data={"tipo": "foto_vehiculo", "visita_id": visited}, headers=headers
    )

    assert response.status_code == (200 if headers else 303)
    assert rows(Adjunto)[0].visita_id == visited
    page = investigador.get(url).text
    assert "3,6 km del lugar de la visita" in page
    assert "20-11-2026 19:04 · Av. Grecia 1180, Ñuñoa" in page
    assert "tomada el 20-11-2026 18:04 según la cámara" in page
    assert "No calza" in investigador.get(f"/oficios/{oficio.id}/fotos").text
    with app.app_context():
        assert verify(oficio.id).problemas == []
    investigador.post(url, data={"tipo": "foto_vehiculo", "visita_id": "0"})
    assert rows(Adjunto)[0].visita_id is None


@pytest.mark.parametrize("value", ["999", "x", "-1"])
def test_a_visit_of_another_case_is_refused(
    app, folder, buffet, usuario_investigador, investigador, visited, rows, value
):
    other = make_oficio(app, buffet, usuario_investigador)
    adjunto = make_adjunto(app, other, usuario_investigador)

    for wrong in (value, str(visited)):
        response = investigador.post(
            f"/oficios/{other.id}/fotos/{adjunto.id}",
            data={"tipo": "evidencia", "visita_id": wrong},
        )
        assert response.status_code == 422
        assert "Elija una de las visitas de la lista." in response.text
    assert rows(Adjunto)[0].visita_id is None


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_photo_from_1970_at_zero_zero_is_stored_and_both_are_said(
    app, folder, oficio, usuario_investigador, investigador, rows
):
    exif = camera_exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "1970:01:01 12:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)})
    adjunto = make_adjunto(app, oficio, usuario_investigador, data=jpeg(exif=exif))

    page = investigador.get(f"/oficios/{oficio.id}/fotos/{adjunto.id}").text

    assert "el año 1970: su reloj no estaba puesto" in page
    assert "La cámara anotó la posición 0,0" in page
    assert "gps" not in rows(Adjunto)[0].metadatos


def names(rows):
    return [row.filename for row in sorted(rows(Adjunto), key=lambda row: row.orden)]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_people_put_the_photos_in_order(
    app, folder, oficio, usuario_investigador, investigador, rows, headers
):
    one, two, three = (
        make_adjunto(app, oficio, usuario_investigador, f"{n}.jpg") for n in ("1", "2", "3")
    )
    url = f"/oficios/{oficio.id}/fotos"

    def place(adjunto, where):
        return investigador.post(
            f"{url}/{adjunto.id}/orden", data={"hacia": where}, headers=headers
        ).status_code

    assert place(one, "antes") == (200 if headers else 303)
    assert names(rows) == ["3.jpg", "1.jpg", "2.jpg"]
    place(three, "despues")
    assert names(rows) == ["1.jpg", "3.jpg", "2.jpg"]
    place(one, "antes")
    assert names(rows) == ["1.jpg", "3.jpg", "2.jpg"]
    assert place(two, "arriba") == 422
    make_adjunto(app, oficio, usuario_investigador, "4.jpg")
    page = investigador.get(url).text
    positions = [page.index(f'alt="{n}.jpg"') for n in ("4", "1", "3", "2")]
    assert positions == sorted(positions)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_one_photo_stands_for_the_case(
    app, folder, oficio, usuario_investigador, investigador, rows, headers
):
    first, second = (make_adjunto(app, oficio, usuario_investigador) for _ in range(2))
    paper = make_adjunto(app, oficio, usuario_investigador, "a.pdf", pdf())
    url = f"/oficios/{oficio.id}/fotos"

    for adjunto in (first, second):
        response = investigador.post(f"{url}/{adjunto.id}/portada", headers=headers)
        assert response.status_code == (200 if headers else 303)
    if headers:
        assert "Portada" in assert_fragment(response, f"oficio-fotos-{oficio.id}")
    assert [row.portada for row in rows(Adjunto)] == [False, True, False]
    assert investigador.post(f"{url}/{paper.id}/portada").status_code == 422
    investigador.post(f"{url}/{second.id}/eliminar", data={"motivo": "Repetida"})
    assert not any(row.portada for row in rows(Adjunto))


def test_what_is_wrong_with_a_file_is_seen_on_its_page(
    app, folder, oficio, usuario_investigador, investigador
):
    adjunto = make_adjunto(app, oficio, usuario_investigador, "a.pdf", pdf())
    with app.app_context(), transaction():
        row = db.session.get_one(Adjunto, adjunto.id)
        row.problema = "El original cambió."
        row.metadatos = {**row.metadatos, "incrustados": ["<b>.xlsx"]}

    page = investigador.get(f"/oficios/{oficio.id}/fotos/{adjunto.id}").text

    assert "El original cambió. Avise" in page
    assert "Adentro trae: &lt;b&gt;.xlsx." in page
    assert "Archivo alterado" in investigador.get(f"/oficios/{oficio.id}/fotos").text
