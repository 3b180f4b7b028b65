"""The page for the phone and the section of the case, for those who may and those who may not."""

from __future__ import annotations

import html
import re
import threading
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.avistamientos.models import Avistamiento
from app.core.clock import utcnow
from app.db import db, transaction
from app.direcciones.models import Direccion
from app.notificaciones.models import Notificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.ubicado.models import Revisado, Ubicacion
from app.ubicado.queries.whereabouts import location_for_notice
from app.ubicado.rules import SinPosicion
from tests.adjuntos.files import bomb, camera_exif, encode, jpeg, make_adjunto, pdf, picture
from tests.factories import make_oficio
from tests.notificaciones.rows import make_notice
from tests.oficios.test_questions import questions
from tests.plugins.application import HTMX, assert_fragment
from tests.ubicado.rows import make_location


def street(**values):
    """What a phone sends of a car in the street."""
    return {
        "cliente_id": "uno",
        "lugar": "via_publica",
        "referencia": "Frente al 1180",
        "comuna": "nunoa",
        "lat": "-33.456",
        "lon": "-70.612",
        "exactitud_m": "12",
        **values,
    }


def file(name="auto.jpg", data=None):
    return (BytesIO(data or jpeg()), name)


def url(oficio):
    return f"/oficios/{oficio.id}/ubicado"


def text_of(response):
    return html.unescape(response.get_data(as_text=True))


def test_a_phone_without_scripts_sends_all_at_once_and_gets_the_notice(
    investigador, searched, rows
):
    answer = investigador.post(
        url(searched),
        data=street(
            fotos=[file("uno.jpg"), file("dos.jpg")],
            accesos=["Hay guardia o conserje", "Portón o barrera"],
            acceso="Hasta las 20:00",
        ),
    )

    assert answer.status_code == 303, text_of(answer)
    photos = [photo.id for photo in rows(Adjunto)]
    assert answer.location.endswith(f"/notificaciones/nueva?fotos={photos[0]}&fotos={photos[1]}")
    (found,) = rows(Ubicacion)
    assert found.comuna == "Ñuñoa"
    assert found.acceso == "Hay guardia o conserje. Portón o barrera. Hasta las 20:00"
    page = text_of(investigador.get(answer.location))
    assert "Ubicado en Vía pública: Frente al 1180, Ñuñoa" in page
    assert "-33.456000, -70.612000 (± 12 m)" in page
    for photo in photos:
        assert re.search(rf'value="{photo}"\s+checked', page)


def test_the_notice_that_is_sent_says_where_it_is(investigador, searched):
    investigador.post(url(searched), data=street(fotos=[file()], acceso="Puesto 114"))

    preview = investigador.post(
        f"/oficios/{searched.id}/notificaciones/vista-previa",
        data={"clave": "una-clave-de-prueba", "receptor": "", "email": "ema@receptores.example"},
        follow_redirects=True,
    )

    page = text_of(preview)
    assert "DÓNDE ESTÁ EL VEHÍCULO" in page
    assert "Vía pública: Frente al 1180, Ñuñoa" in page
    assert "Acceso: Puesto 114" in page
    assert "Coordenadas: -33.456000, -70.612000 (± 12 m)" in page


def test_a_gone_vehicle_is_in_no_notice(investigador, searched, rows):
    investigador.post(url(searched), data=street(fotos=[file()]))
    (found,) = rows(Ubicacion)
    compose = f"/oficios/{searched.id}/notificaciones/nueva"
    assert "El aviso dice dónde está" in text_of(investigador.get(compose))

    investigador.post(
        f"/oficios/{searched.id}/ubicacion/{found.id}/revision",
        data={"resultado": "no_esta", "cliente_id": "r1"},
    )

    page = text_of(investigador.get(compose))

    assert "El aviso dice dónde está" not in page


def test_the_second_tap_has_the_answer_of_the_first(investigador, searched, rows):
    data = jpeg()
    first = investigador.post(url(searched), data=street(fotos=[file("a.jpg", data)]))
    again = investigador.post(url(searched), data=street(fotos=[file("a.jpg", data)]))

    assert (again.status_code, again.location) == (303, first.location)
    assert len(rows(Ubicacion)) == len(rows(Adjunto)) == 1


@pytest.mark.parametrize("same_person", [True, False])
def test_two_taps_at_the_same_moment_through_the_page_are_one_location(
    same_person, app, sign_in, searched, rows, usuario_investigador, usuario_admin
):
    second = usuario_investigador if same_person else usuario_admin
    clients = [sign_in(usuario_investigador), sign_in(second)]
    data = jpeg()
    together = threading.Barrier(2)
    answers: list[tuple[int, str | None]] = []

    def tap(number, client):
        key = "uno" if same_person else f"de {number}"
        form = street(cliente_id=key, fotos=[file("a.jpg", data)])
        together.wait()
        answer = client.post(url(searched), data=form)
        answers.append((answer.status_code, answer.location))

    threads = [threading.Thread(target=tap, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rows(Ubicacion)) == len(rows(Adjunto)) == 1
    if same_person:
        assert answers[0] == answers[1]
        assert answers[0][0] == 303
    else:
        assert sorted(status for status, _ in answers) == [303, 409]


def test_the_same_picture_chosen_again_is_the_one_that_the_case_has(investigador, searched, rows):
    data = jpeg()
    for _ in range(2):
        tile = investigador.post(
            f"{url(searched)}/fotos", data={"fotos": [file("a.jpg", data)]}, headers=HTMX
        )
        assert tile.status_code == 200
    (photo,) = rows(Adjunto)
    assert f'value="{photo.id}"' in text_of(tile)


def test_a_second_person_reads_who_was_first(investigador, admin, searched, rows):
    investigador.post(url(searched), data=street(fotos=[file()]))

    for answer in (
        admin.get(url(searched)),
        admin.post(url(searched), data=street(cliente_id="otro", fotos=[file()])),
    ):
        assert "Carla Muñoz ya lo ubicó" in text_of(answer)
    assert answer.status_code == 409
    assert len(rows(Ubicacion)) == len(rows(Adjunto)) == 1


def test_bad_input_keeps_what_was_typed_and_the_photos_that_came(investigador, searched, rows):
    answer = investigador.post(
        url(searched),
        data=street(
            comuna="Ñuñoaa", notas="Funda gris", fotos=[file()], accesos=["Vehículo tapado"]
        ),
    )

    page = text_of(answer)
    assert answer.status_code == 422
    assert "La comuna «Ñuñoaa» no existe. ¿Será «Ñuñoa»?" in page
    for kept in ("Frente al 1180", "Funda gris", 'value="-33.456"', 'value="uno"'):
        assert kept in page
    assert re.search(r'value="Vehículo tapado"\s+checked', page)
    (photo,) = rows(Adjunto)
    assert re.search(rf'name="adjuntos"\s+value="{photo.id}"\s+checked', page)
    assert rows(Ubicacion) == []
    assert rows(Oficio, id=searched.id)[0].estado is Estado.INVESTIGACION

    again = investigador.post(url(searched), data=street(adjuntos=[str(photo.id)]))
    assert again.status_code == 303
    assert [row.id for row in rows(Adjunto)] == [photo.id]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"lugar": ""}, "Diga dónde está"),
        ({"lugar": "999999"}, "Diga dónde está"),
        ({"lugar": "nueva", "direccion": ""}, "Escriba la calle y el número."),
        ({"lugar": "nueva", "direccion": "X 1", "comuna": ""}, "Escriba la comuna"),
        ({"lat": "", "lon": "", "exactitud_m": "", "referencia": ""}, "hace falta una referencia"),
        ({"lat": "0", "lon": "0", "referencia": ""}, "hace falta una referencia"),
        ({"lat": "norte"}, "La posición no se entiende"),
        ({"lon": ""}, "La posición no se entiende"),
        ({"exactitud_m": "1e999"}, "La posición no se entiende"),
        ({"cliente_id": ""}, "Recargue la página"),
        ({"cliente_id": "x" * 99_999}, "Recargue la página"),
        ({"accesos": ["<b>"]}, "Elija los datos de acceso de la lista"),
        ({"referencia": "x" * 201}, "No puede tener más de 200 caracteres."),
    ],
)
def test_each_wrong_field_says_what_to_do(changed, sentence, investigador, searched, rows):
    answer = investigador.post(url(searched), data=street(fotos=[file()], **changed))

    assert answer.status_code == 422
    if "cliente_id" not in changed:
        assert sentence in text_of(answer)
    assert rows(Ubicacion) == []


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("papel.pdf", pdf(), "Es un PDF: aquí van fotos."),
        ("bomba.png", bomb(30_000, 30_000), "«bomba.png»|bomba.png"),
        ("programa.jpg", b"MZ not a picture", "programa.jpg"),
    ],
)
def test_what_is_no_photo_is_named_and_nothing_is_half_written(
    name, data, sentence, investigador, searched, rows
):
    answer = investigador.post(url(searched), data=street(fotos=[file(name, data)]))

    assert answer.status_code == 422
    assert re.search(sentence, text_of(answer))
    assert rows(Adjunto) == rows(Ubicacion) == []


def test_without_any_photo_it_is_asked_for(investigador, searched):
    answer = investigador.post(url(searched), data=street())

    assert answer.status_code == 422
    assert "Falta la foto: tome al menos una" in text_of(answer)


def test_a_photo_of_another_case_is_not_taken(
    app, investigador, searched, oficio, usuario_investigador
):
    other = make_adjunto(app, oficio, usuario_investigador)
    answer = investigador.post(url(searched), data=street(adjuntos=[str(other.id)]))

    assert answer.status_code == 422
    assert "ya no está en este caso" in text_of(answer)


def test_a_refused_position_is_told_and_the_address_stands_for_it(investigador, searched, rows):
    (address,) = rows(Direccion, oficio_id=searched.id)
    answer = investigador.post(
        url(searched),
        data={
            "cliente_id": "uno",
            "lugar": str(address.id),
            "sin_posicion": "rechazada",
            "camara": file(),
        },
    )

    assert answer.status_code == 303, text_of(answer)
    (found,) = rows(Ubicacion)
    assert (found.lat, found.sin_posicion) == (None, SinPosicion.RECHAZADA)
    page = text_of(investigador.get(f"/oficios/{searched.id}/ubicacion"))
    assert "Sin posición: no se dio permiso al teléfono" in page


def test_photos_go_one_by_one_and_wait_for_the_form(investigador, searched, rows):
    data = jpeg()
    for _ in range(2):  # the answer to the first was lost on the way
        tile = investigador.post(
            f"{url(searched)}/fotos",
            data={"foto_id": "f1", "fotos": [file("a.jpg", data)]},
            headers=HTMX,
        )
        assert tile.status_code == 200
        shown = assert_fragment(tile, f"ubicado-fotos-{searched.id}")
    (photo,) = rows(Adjunto)
    assert re.search(rf'name="adjuntos"\s+value="{photo.id}"\s+checked', shown)

    page = text_of(investigador.get(url(searched)))
    assert re.search(rf'name="adjuntos"\s+value="{photo.id}"\s+checked', page)


def test_a_photo_that_is_not_stored_says_why(investigador, searched):
    refused = investigador.post(
        f"{url(searched)}/fotos", data={"fotos": [file("a.pdf", pdf())]}, headers=HTMX
    )
    assert refused.status_code == 422
    assert "aquí van fotos" in text_of(refused)

    empty = investigador.post(f"{url(searched)}/fotos", data={}, headers=HTMX)
    assert empty.status_code == 422
    assert "No llegó ninguna foto" in text_of(empty)


def test_fresh_photos_are_ones_own_and_of_no_location_yet(app, admin, investigador, searched, rows):
    investigador.post(url(searched), data=street(fotos=[file()]))
    with app.app_context(), transaction():
        db.session.get_one(Oficio, searched.id).estado = Estado.INVESTIGACION
    used = rows(Adjunto)[0].id
    investigador.post(f"{url(searched)}/fotos", data={"fotos": [file()]}, headers=HTMX)
    fresh = rows(Adjunto)[-1].id

    def offered_to(client):
        return re.findall(r'name="adjuntos"\s+value="(\d+)"', text_of(client.get(url(searched))))

    assert offered_to(investigador) == [str(fresh)]
    assert offered_to(admin) == []
    assert fresh != used


def test_the_case_page_leads_there_and_says_where_it_is(investigador, searched):
    assert url(searched) in text_of(investigador.get(f"/oficios/{searched.id}/ubicacion"))

    investigador.post(url(searched), data=street(fotos=[file()]))

    page = text_of(investigador.get(f"/oficios/{searched.id}/direcciones"))
    assert f'href="{url(searched)}"' not in page
    assert "Vía pública: Frente al 1180, Ñuñoa" in page
    assert "exactitud ±12 m" in page


def test_a_camera_that_was_elsewhere_is_a_visible_warning(investigador, searched):
    photo = encode(picture(), exif=camera_exif())
    investigador.post(
        url(searched), data=street(fotos=[file("lejos.jpg", photo)], exactitud_m="900")
    )

    page = text_of(investigador.get(f"/oficios/{searched.id}/ubicacion"))

    assert "«lejos.jpg»: La cámara dice 20-11-2026 18:04 y se ubicó el" in page
    assert "«lejos.jpg»: La cámara dice que estaba a" in page
    assert "La posición tiene un margen de ±900 m" in page


def test_the_phone_far_from_the_chosen_address_is_a_warning(app, investigador, searched, rows):
    (address,) = rows(Direccion, oficio_id=searched.id)
    with app.app_context(), transaction():
        known = db.session.get_one(Direccion, address.id)
        known.lat, known.lon, known.exactitud_m = -33.5, -70.7, 10
        known.verificada, known.verificada_at = True, utcnow() - timedelta(days=3)
    # Of a place that was typed first, and is not meant any more, nothing is refused.
    sent = street(lugar=str(address.id), comuna="Ñuñoaa", fotos=[file()])
    assert investigador.post(url(searched), data=sent).status_code == 303

    page = text_of(investigador.get(f"/oficios/{searched.id}/ubicacion"))

    assert re.search(r"El teléfono estaba a 9,\d km del punto que ya tenía esa dirección", page)


def answers(client, oficio, found, resultado, key, **options):
    return client.post(
        f"/oficios/{oficio.id}/ubicacion/{found.id}/revision",
        data={"resultado": resultado, "cliente_id": key},
        **options,
    )


def test_one_tap_says_that_it_is_still_there_and_another_that_it_is_gone(
    app, investigador, searched, rows, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)

    again = answers(investigador, searched, found, "sigue", "r1", headers=HTMX)
    assert again.status_code == 200
    assert "Sigue ahí" in text_of(again)
    plain = answers(investigador, searched, found, "no_esta", "r2")
    assert plain.status_code == 303

    page = text_of(investigador.get(plain.location))
    assert "Ya no está ahí" in page
    assert "Volver a Investigación" in page
    assert url(searched) in page  # it may be found elsewhere at once
    assert len(rows(Revisado)) == 2
    refused = answers(investigador, searched, found, "sigue", "r3", headers=HTMX)
    assert refused.status_code == 409
    assert answers(investigador, searched, found, "quizás", "r4", headers=HTMX).status_code == 422
    assert answers(investigador, searched, found, "sigue", "").status_code == 303
    assert len(rows(Revisado)) == 2


def test_the_case_goes_back_to_the_search_by_the_boards_own_rule(
    app, investigador, searched, rows, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)
    answers(investigador, searched, found, "no_esta", "r1")
    page = text_of(investigador.get(f"/oficios/{searched.id}/ubicacion"))
    section = page.partition(f'id="oficio-ubicacion-{searched.id}"')[2]
    version = re.search(r'name="version" value="(\d+)"', section)
    assert version

    answer = investigador.post(
        f"/tablero/oficios/{searched.id}/mover",
        data={"estado": "investigacion", "version": version[1], "despues_de": ""},
    )

    assert answer.status_code == 303
    assert rows(Oficio, id=searched.id)[0].estado is Estado.INVESTIGACION
    assert url(searched) in text_of(investigador.get(f"/oficios/{searched.id}/ubicacion"))


def test_an_admin_undoes_with_a_reason_and_is_warned_of_who_was_told(
    app, admin, investigador, searched, rows, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)
    make_notice(app, searched, usuario_investigador)
    path = f"/oficios/{searched.id}/ubicacion/{found.id}/deshacer"
    section = f"/oficios/{searched.id}/ubicacion"
    assert "Deshacer esta ubicación" not in text_of(investigador.get(section))
    assert "avísele usted" in text_of(admin.get(section))

    assert admin.post(path, data={"motivo": " "}, headers=HTMX).status_code == 422
    assert rows(Ubicacion)[0].deshecho_at is None
    done = admin.post(path, data={"motivo": "Era otro auto"})

    assert done.status_code == 303
    page = text_of(admin.get(done.location))
    assert "Deshecha" in page
    assert "La deshizo Ana Vega" in page
    assert "Era otro auto" in page
    assert "avísele usted" in page
    assert len(rows(Notificacion)) == 1
    (oficio,) = rows(Oficio, id=searched.id)
    assert oficio.estado is Estado.INVESTIGACION
    assert admin.post(path, data={"motivo": "otra vez"}, headers=HTMX).status_code == 409


def test_the_history_of_the_case_tells_of_it(app, admin, searched, usuario_investigador):
    found = make_location(app, searched, usuario_investigador)
    admin.post(
        f"/oficios/{searched.id}/ubicacion/{found.id}/deshacer", data={"motivo": "Era otro auto"}
    )

    page = text_of(admin.get(f"/oficios/{searched.id}/historial"))

    assert "¡Ubicado! Vía pública: Frente al 1180, Ñuñoa" in page
    assert page.count("Era otro auto") == 1


def test_an_undoing_with_scripts_says_the_warning_at_once(
    app, admin, searched, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)
    make_notice(app, searched, usuario_investigador)

    answer = admin.post(
        f"/oficios/{searched.id}/ubicacion/{found.id}/deshacer",
        data={"motivo": "Era otro auto"},
        headers=HTMX,
    )

    assert answer.status_code == 200
    assert "av\\u00edsele usted" in answer.headers["HX-Trigger"]


def test_strangers_learn_nothing(stranger, cliente, cliente_ajeno, investigador, searched, app):
    for client in (cliente, cliente_ajeno):
        assert client.get(url(searched)).status_code == 404
        assert client.post(url(searched), data=street(fotos=[file()])).status_code == 404
        assert client.get(f"/oficios/{searched.id}/ubicacion").status_code == 404
    assert stranger.get(url(searched)).status_code == 303
    assert investigador.get("/oficios/999999/ubicado").status_code == 404


def test_the_buffet_sees_the_milestone_and_nothing_of_the_place(
    app, cliente, searched, usuario_investigador
):
    make_location(app, searched, usuario_investigador, notas="Secreta")

    page = text_of(cliente.get(f"/portal/oficios/{searched.id}"))

    assert "Vehículo ubicado" in page
    for secret in ("1180", "Secreta", "-33.456", "±12"):
        assert secret not in page


def test_a_look_at_somebody_elses_location_is_none(
    app, buffet, investigador, oficio, searched, usuario_investigador
):
    found = make_location(app, searched, usuario_investigador)

    answer = investigador.post(
        f"/oficios/{oficio.id}/ubicacion/{found.id}/revision",
        data={"resultado": "sigue", "cliente_id": "r1"},
    )

    assert answer.status_code == 404


def test_what_was_moved_by_hand_may_be_located_afterwards(app, investigador, searched, rows):
    with app.app_context(), transaction():
        db.session.get_one(Oficio, searched.id).estado = Estado.NOTIFICACION
    assert investigador.get(url(searched)).status_code == 200

    answer = investigador.post(url(searched), data=street(fotos=[file()]))

    assert answer.status_code == 303
    assert rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO) == []


@pytest.mark.parametrize("path", ["", "/ubicacion", "/direcciones"])
def test_a_located_case_asks_the_database_as_little_as_any(
    path, app, investigador, searched, usuario_investigador
):
    make_location(app, searched, usuario_investigador, now=utcnow() - timedelta(days=9))
    investigador.get(f"/oficios/{searched.id}{path}")

    with questions(app) as asked:
        answer = investigador.get(f"/oficios/{searched.id}{path}")

    assert answer.status_code == 200
    assert len(asked) <= (18 if path == "/ubicacion" else 12), "\n".join(asked)


def test_a_place_of_another_zone_tells_its_own_hour(
    app, buffet, usuario_investigador, investigador
):
    case = make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)
    found = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    make_location(
        app,
        case,
        usuario_investigador,
        now=found,
        comuna="Isla de Pascua",
        region="Valparaíso",
        lat=-27.15,
        lon=-109.43,
    )

    page = investigador.get(f"/oficios/{case.id}/ubicacion").text
    assert "23-11-2026 21:30 (hora de Isla de Pascua)" in page
    with app.app_context():
        told = location_for_notice(case.id)
        [seen] = db.session.scalars(sa.select(Avistamiento)).all()
        assert told is not None
        assert told.cuando == "23-11-2026 21:30 (hora de Isla de Pascua)"
        assert seen.fecha == date(2026, 11, 23)
