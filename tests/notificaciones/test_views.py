"""Writing a notice, seeing it first, and never sending it twice by accident."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from markupsafe import escape

from app.adjuntos.service import delete_adjunto
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.direcciones.models import Direccion, Visita
from app.direcciones.rules import ResultadoVisita
from app.jobs.models import Trabajo
from app.notificaciones.models import Borrador, Notificacion, Receptor
from app.notificaciones.rules import EstadoNotificacion
from app.notificaciones.service import notices, writing
from app.oficios.models import Oficio
from app.oficios.service import DireccionData
from app.usuarios.models import Usuario
from tests.adjuntos.files import make_adjunto
from tests.avistamientos.rows import make_sighting
from tests.factories import make_oficio
from tests.notificaciones.rows import EMAIL, find_notice, make_draft, make_notice, make_receptor
from tests.plugins.application import HTMX, assert_fragment

KEY = "clave-de-un-formulario"
_TOKEN = r"(/r/[\w-]+)\.\w+"


def typed(**values):
    return {
        "clave": KEY,
        "receptor": "",
        "nombre": "Ema Soto",
        "email": EMAIL,
        "mensaje": "",
        "confirmar_incompleto": "y",
        **values,
    }


def send(clave, **values):
    """The button under a preview, with the yes to a notice without photos or address."""
    return {"clave": clave, "confirmar_incompleto": "y", **values}


@pytest.fixture
def base(oficio):
    return f"/oficios/{oficio.id}/notificaciones"


@pytest.fixture
def rich(app, buffet, usuario_investigador):
    """A case with everything that a receptor asks for."""
    oficio = make_oficio(
        app,
        buffet,
        usuario_investigador,
        rol="C-3030-2017",
        tribunal="19º Juzgado Civil de Santiago",
        caratulado="BANCO DEL PACÍFICO/SOTO",
        fecha_oficio=date(2026, 11, 2),
        fecha_ingreso=date(2026, 11, 9),
        fecha_limite=date(2026, 12, 20),
        fuerza_publica=True,
        direccion=DireccionData(
            direccion="Av. Grecia 1180",
            comuna="Ñuñoa",
            notas="Subterráneo -2.\nPregunte al guardia.",
        ),
    )
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        row.investigador_id = usuario_investigador.id
        row.vehiculo.color, row.vehiculo.vin, row.vehiculo.anio = "azul", "9BWZZZ377VT004251", 2021
        row.vehiculo.patente_dv = "9"
        place = row.direcciones[0]
        place.lat, place.lon, place.exactitud_m = -33.456789, -70.6, 12.4
        place.verificada, place.verificada_at = True, utcnow()
        place.verificada_por_id = usuario_investigador.id
        person = db.session.get_one(Usuario, usuario_investigador.id)
        person.telefono = "+56912345678"
        law = db.session.get_one(Buffet, buffet.id)
        law.contacto_nombre, law.telefono = "Marcela González", "+56221234567"
        db.session.add(
            Visita(
                direccion_id=place.id,
                usuario_id=person.id,
                resultado=ResultadoVisita.EXITOSA,
                fecha_hora=utcnow(),
                notas="El auto estaba en el puesto 41.",
            )
        )
    make_sighting(app, oficio, usuario_investigador, ubicacion="Grecia con Lo Plaza")
    return oficio


def test_the_form_offers_receptores_and_photos(
    app, investigador, usuario_investigador, oficio, base
):
    receptor = make_receptor(app, usuario_investigador)
    foto = make_adjunto(app, oficio, usuario_investigador)

    page = investigador.get(f"{base}/nueva").get_data(as_text=True)

    assert f'<option value="{receptor.id}">Ema Soto · {EMAIL}</option>' in page
    assert f'src="/adjuntos/{foto.id}/miniatura"' in page
    assert "Al aviso le faltará información" in page
    assert "el rol" in page


def test_what_is_previewed_is_what_is_sent(
    app, investigador, usuario_investigador, rich, mail_server, worker
):
    base = f"/oficios/{rich.id}/notificaciones"
    foto = make_adjunto(app, rich, usuario_investigador, "patio.jpg")
    data = typed(adjuntos=[str(foto.id)], mensaje="Llámeme antes.\nGracias.")

    answer = investigador.post(f"{base}/vista-previa", data=data)
    assert answer.status_code == 303
    preview_url = answer.headers["Location"]
    page = investigador.get(preview_url).get_data(as_text=True)
    frame = investigador.get(f"{preview_url}/html")
    # Afterwards the case changes: what was seen is what goes out all the same.
    with app.app_context(), transaction():
        db.session.get_one(Oficio, rich.id).tribunal = "Otro tribunal"
    answer = investigador.post(base, data=send(KEY))
    assert answer.headers["Location"] == base
    worker()

    [message] = mail_server.messages
    html = message.get_body(("html",)).get_content()
    # The link is signed when it is sent: what is stored opens nothing.
    html = re.sub(_TOKEN, r"\1", html)
    with_addresses = re.sub(r'cid:foto-(\d+)@localhost"', r'/adjuntos/\1"', html)
    assert frame.get_data(as_text=True).split() == with_addresses.split()
    assert f'src="/adjuntos/{foto.id}"' in frame.get_data(as_text=True)
    assert message["Subject"] in page
    assert EMAIL in page
    text = re.sub(_TOKEN, r"\1", message.get_body(("plain",)).get_content())
    assert [line for line in text.splitlines() if str(escape(line)) not in page] == []


def test_the_frame_of_a_mail_can_run_nothing_and_send_nothing(
    app, investigador, oficio, base, usuario_investigador
):
    clave = make_draft(app, oficio, usuario_investigador)

    page = investigador.get(f"{base}/vista-previa/{clave}").get_data(as_text=True)
    frame = investigador.get(f"{base}/vista-previa/{clave}/html")

    assert 'sandbox="allow-same-origin allow-popups' in page
    assert "allow-scripts" not in page
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "form-action 'none'" in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_mail_tells_what_a_receptor_needs(
    app, investigador, usuario_investigador, rich, mail_server, worker
):
    investigador.post(f"/oficios/{rich.id}/notificaciones", data=typed())
    worker()

    [message] = mail_server.messages
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()
    for fact in (
        "19º Juzgado Civil de Santiago",
        "C-3030-2017",
        "BANCO DEL PACÍFICO/SOTO",
        rich.numero_oficio,
        "02-11-2026",
        "20-12-2026",
        "BB·CL·12-9",
        "Suzuki Swift",
        "2021",
        "azul",
        "9BWZZZ377VT004251",
        "Av. Grecia 1180, Ñuñoa",
        "-33.456789, -70.600000 (± 12 m)",
        "Subterráneo -2.",
        "Pregunte al guardia.",
        "Verificada en terreno",
        "exitosa. El auto estaba en el puesto 41.",
        "Grecia con Lo Plaza",
        "Concedido",
        "No consta que esté concedido",
        "Carla Muñoz",
        "+56 9 1234 5678",
        "Marcela González, González y Asociados",
        "+56 2 2123 4567",
        "dígito",
    ):
        assert fact in text, fact
        assert fact in html, fact
    assert "Fecha del oficio: 02-11-2026" in text.splitlines()
    assert "09-11-2026" not in text + html, "the day of entry is no date of the order"
    assert message["Subject"].startswith("Vehículo BB·CL·12-9 · Rol C-3030-2017")


def test_an_order_whose_date_nobody_knows_has_no_line_for_it(
    app, investigador, rich, mail_server, worker
):
    with app.app_context(), transaction():
        db.session.get_one(Oficio, rich.id).fecha_oficio = None
    url = f"/oficios/{rich.id}/notificaciones"
    assert "la fecha del oficio" in investigador.get(f"{url}/nueva").text

    investigador.post(url, data=typed())
    worker()

    [message] = mail_server.messages
    for kind in ("html", "plain"):
        body = message.get_body((kind,)).get_content()
        assert "Fecha del oficio" not in body
        assert "09-11-2026" not in body


def test_a_poor_case_says_less_but_nothing_wrong(
    app, investigador, oficio, base, mail_server, worker
):
    investigador.post(base, data=typed(nombre=""))
    worker()

    [message] = mail_server.messages
    text = message.get_body(("plain",)).get_content()
    assert "None" not in text
    assert "Rol:" not in text
    assert "Estimado receptor" in text
    assert "DIRECCIONES" not in text
    assert "VISTO POR" not in text


def test_markup_in_every_field_is_only_text(
    app, investigador, usuario_investigador, rich, mail_server, worker
):
    evil = "<script>alert(1)</script>"
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, rich.id)
        row.tribunal = row.caratulado = evil
        row.rol = row.numero_oficio = evil
        row.vehiculo.marca = row.vehiculo.modelo = row.vehiculo.color = evil
        row.vehiculo.vin = evil
        place = row.direcciones[0]
        place.direccion = place.comuna = place.notas = place.region = evil
        place.visitas[0].notas = evil
        row.buffet.nombre = row.buffet.contacto_nombre = evil
        db.session.get_one(Usuario, usuario_investigador.id).nombre = evil
    foto = make_adjunto(app, rich, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(type(foto), foto.id).descripcion = evil
    make_sighting(app, rich, usuario_investigador, ubicacion=evil)
    base = f"/oficios/{rich.id}/notificaciones"

    data = typed(nombre=evil, mensaje=evil, adjuntos=[str(foto.id)])
    preview_url = investigador.post(f"{base}/vista-previa", data=data).headers["Location"]
    pages = [
        investigador.get(url).get_data(as_text=True)
        for url in (preview_url, f"{preview_url}/html", f"{base}/nueva?borrador={KEY}")
    ]
    investigador.post(base, data=send(KEY))
    worker()
    [message] = mail_server.messages
    pages.append(message.get_body(("html",)).get_content())
    notice_id = message["Message-ID"].partition("-")[2].partition(".")[0]
    pages += [
        investigador.get(url).get_data(as_text=True)
        for url in (base, f"{base}/{notice_id}", f"{base}/{notice_id}/html")
    ]

    for page in pages:
        assert evil not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "address",
    [
        "a@uno.example,b@dos.example",
        "a@uno.example\r\nBcc: otro@malo.example",
        "a@uno.example; b@dos.example",
        "nadie",
        "",
    ],
)
@pytest.mark.parametrize("path", ["", "/vista-previa"])
def test_an_address_that_is_not_one_address_is_refused(address, path, investigador, base, rows):
    answer = investigador.post(base + path, data=typed(email=address, mensaje="Lo que escribí"))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Lo que escribí" in page
    assert 'id="email-error"' in page
    assert rows(Notificacion) == []
    assert rows(Borrador) == []


def test_a_line_break_in_a_name_or_a_case_becomes_a_space(
    app, investigador, oficio, base, mail_server, worker
):
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).rol = "C-1\r\nBcc: otro@malo.example"

    investigador.post(base, data=typed(nombre="Ema\r\nBcc: otro@malo.example"))
    worker()

    [received] = mail_server.received
    assert received.rcpt_tos == [EMAIL]
    assert received.message["Bcc"] is None


def test_a_form_sent_twice_is_one_notice(investigador, base, rows, mail_server, worker):
    first = investigador.post(base, data=typed())
    second = investigador.post(base, data=typed())
    worker()

    assert first.headers["Location"] == second.headers["Location"] == base
    assert len(rows(Notificacion)) == 1
    assert len(rows(Trabajo)) == 1
    assert len(mail_server.messages) == 1


def test_a_preview_sent_twice_is_one_notice(
    app, investigador, usuario_investigador, oficio, base, rows
):
    clave = make_draft(app, oficio, usuario_investigador)

    investigador.post(base, data=send(clave))
    again = investigador.post(base, data=send(clave), follow_redirects=True)

    assert "ya se pidió" in again.get_data(as_text=True)
    assert len(rows(Notificacion)) == 1
    assert rows(Borrador) == []


def test_two_tabs_that_send_the_same_form_at_once_make_one_notice(
    app, investigador, base, rows, monkeypatch
):
    investigador.post(base, data=typed())
    # The other tab looked before this one committed; the database has the last word.
    monkeypatch.setattr(notices, "find_by_key", lambda _clave: None)

    answer = investigador.post(base, data=typed(confirmar="y"))

    assert answer.status_code == 303
    assert len(rows(Notificacion)) == 1


def test_the_same_receptor_is_asked_for_twice(
    app, investigador, usuario_investigador, oficio, base, rows
):
    make_notice(app, oficio, usuario_investigador)

    refused = investigador.post(base, data=typed(email=EMAIL.upper()))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Sí, enviar otra vez" in page
    assert utcnow().astimezone().strftime("%Y") in page
    assert len(rows(Notificacion)) == 1

    allowed = investigador.post(base, data=typed(confirmar="y"))
    assert allowed.status_code == 303
    assert len(rows(Notificacion)) == 2


def test_the_preview_of_a_second_notice_asks_too(
    app, investigador, usuario_investigador, oficio, base, rows
):
    make_notice(app, oficio, usuario_investigador)
    clave = make_draft(app, oficio, usuario_investigador)

    page = investigador.get(f"{base}/vista-previa/{clave}").get_data(as_text=True)
    assert "ya fue avisado de este caso" in page
    assert investigador.post(base, data=send(clave)).status_code == 422
    assert investigador.post(base, data=send(clave, confirmar="y")).status_code == 303
    assert len(rows(Notificacion)) == 2


def test_a_notice_that_failed_does_not_count_as_told(
    app, investigador, usuario_investigador, oficio, base, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, notice_id).estado = EstadoNotificacion.FALLIDA

    assert investigador.post(base, data=typed()).status_code == 303


def test_photos_that_do_not_fit_are_refused_with_how_much_they_are(
    app, investigador, usuario_investigador, oficio, base, rows, monkeypatch
):
    for module in (notices, writing):
        monkeypatch.setattr(module, "max_mail_bytes", lambda: 3000)
    foto = make_adjunto(app, oficio, usuario_investigador)

    answer = investigador.post(base, data=typed(adjuntos=[str(foto.id)]))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "El correo pesaría" in page
    assert "el máximo es 3 kB" in page
    assert f'value="{foto.id}"\n                         checked' in page
    assert rows(Notificacion) == []


def test_a_photo_of_another_case_is_not_sent(
    app, investigador, usuario_investigador, buffet, base, rows
):
    other = make_oficio(app, buffet, usuario_investigador)
    foto = make_adjunto(app, other, usuario_investigador)

    for value in (str(foto.id), "nada"):
        answer = investigador.post(base, data=typed(adjuntos=[value]))
        assert answer.status_code == 422
        assert "ya no está en este caso" in answer.get_data(as_text=True)
    assert rows(Notificacion) == []


def test_a_photo_deleted_after_the_preview_is_not_sent(
    app, investigador, usuario_investigador, oficio, base, rows
):
    foto = make_adjunto(app, oficio, usuario_investigador)
    investigador.post(f"{base}/vista-previa", data=typed(adjuntos=[str(foto.id)]))
    with app.app_context(), transaction():
        delete_adjunto(
            db.session.get_one(type(foto), foto.id),
            "Es de otro auto",
            actor=db.session.get_one(Usuario, usuario_investigador.id),
            now=utcnow(),
        )

    answer = investigador.post(base, data=send(KEY), follow_redirects=True)

    assert "ya no está en este caso" in answer.get_data(as_text=True)
    assert rows(Notificacion) == []


def test_a_receptor_is_chosen_from_the_directory(
    app, investigador, usuario_investigador, base, rows
):
    receptor = make_receptor(app, usuario_investigador)

    investigador.post(base, data=typed(receptor=str(receptor.id), nombre="", email=""))

    [notice] = rows(Notificacion)
    assert (notice.receptor_id, notice.destinatario_email) == (receptor.id, EMAIL)


def test_one_that_is_no_longer_there_cannot_be_chosen(
    app, investigador, usuario_investigador, base
):
    receptor = make_receptor(app, usuario_investigador)
    investigador.post(f"/admin/receptores/{receptor.id}/activo", data={"activo": "0"})

    answer = investigador.post(base, data=typed(receptor=str(receptor.id)))

    assert answer.status_code == 422
    assert EMAIL not in investigador.get(f"{base}/nueva").get_data(as_text=True)


def test_a_typed_receptor_may_be_kept_in_the_directory_once(investigador, base, rows):
    investigador.post(base, data=typed(guardar="y"))
    investigador.post(base, data=typed(clave="otra-clave", guardar="y", confirmar="y"))

    [receptor] = rows(Receptor)
    assert (receptor.nombre, receptor.email) == ("Ema Soto", EMAIL)
    assert [notice.receptor_id for notice in rows(Notificacion)] == [receptor.id] * 2


def test_going_back_from_the_preview_finds_what_was_typed(investigador, base):
    investigador.post(f"{base}/vista-previa", data=typed(mensaje="Traiga grúa.", guardar="y"))

    page = investigador.get(f"{base}/nueva?borrador={KEY}").get_data(as_text=True)

    assert "Traiga grúa." in page
    assert f'value="{EMAIL}"' in page
    assert f'value="{KEY}"' in page


@pytest.mark.parametrize("key", ["%00" * 10, "a" * 10_000, "..."])
def test_what_is_no_key_is_the_key_of_no_preview(investigador, base, key):
    assert investigador.get(f"{base}/nueva?borrador={key}").status_code == 200
    assert investigador.get(f"{base}/vista-previa/{key}").status_code == 303
    assert investigador.get(f"{base}/vista-previa/{key}/html").status_code == 404


def test_a_corrected_preview_replaces_the_first(investigador, base, rows):
    investigador.post(f"{base}/vista-previa", data=typed(mensaje="Primera"))
    investigador.post(f"{base}/vista-previa", data=typed(mensaje="Segunda"))

    [draft] = rows(Borrador)
    assert "Segunda" in draft.cuerpo_texto


def test_previews_that_nobody_sent_are_forgotten_after_a_day(
    app, investigador, usuario_investigador, oficio, base, rows
):
    clave = make_draft(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Borrador, clave).created_at = utcnow() - timedelta(days=2)

    investigador.post(f"{base}/vista-previa", data=typed())

    assert [draft.clave for draft in rows(Borrador)] == [KEY]
    gone = investigador.get(f"{base}/vista-previa/{clave}", follow_redirects=True)
    assert "Escriba el aviso otra vez" in gone.get_data(as_text=True)
    assert investigador.get(f"{base}/vista-previa/{clave}/html").status_code == 404


def test_an_invented_key_is_replaced(investigador, base, rows):
    investigador.post(base, data=typed(clave="x"))

    [notice] = rows(Notificacion)
    assert len(notice.clave) > 8


def test_a_message_that_is_too_long_is_refused(investigador, base):
    answer = investigador.post(base, data=typed(mensaje="a" * 4001))

    assert answer.status_code == 422
    assert "4000 caracteres" in answer.get_data(as_text=True)


def test_the_list_asks_again_only_while_something_is_on_its_way(
    app, investigador, usuario_investigador, oficio, base, mail_server, worker
):
    assert "Todavía no se ha avisado a nadie" in investigador.get(base).get_data(as_text=True)
    make_notice(app, oficio, usuario_investigador)

    waiting = assert_fragment(
        investigador.get(base, headers=HTMX), f"oficio-notificaciones-{oficio.id}"
    )
    worker()
    done = investigador.get(base).get_data(as_text=True)

    assert 'hx-trigger="every 2s"' in waiting
    assert "Pendiente" in waiting
    assert 'hx-trigger="every 2s"' not in done
    assert "Enviada" in done


def test_a_waiting_notice_says_why_and_until_when(
    app, investigador, usuario_investigador, oficio, base, mail_server, worker
):
    make_notice(app, oficio, usuario_investigador)
    mail_server.fail_with(451, "too busy")
    worker()

    page = investigador.get(base).get_data(as_text=True)

    assert "451 too busy" in page
    assert re.search(r"Se intenta otra vez a las \d\d:\d\d\.", page)


@pytest.mark.parametrize("estado", [EstadoNotificacion.FALLIDA, EstadoNotificacion.INCIERTA])
def test_a_failed_or_uncertain_notice_is_sent_again_after_a_second_yes(
    estado, app, investigador, usuario_investigador, oficio, base, mail_server, worker
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    before = find_notice(app, notice_id)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, notice_id).estado = estado
        db.session.get_one(Notificacion, notice_id).trabajo_id = "el que falló"
    worker()
    url = f"{base}/{notice_id}"

    page = investigador.get(url).get_data(as_text=True)
    hint = "puede haber llegado" if estado is EstadoNotificacion.INCIERTA else "no salió"
    assert hint in page
    refused = investigador.post(f"{url}/reenviar")
    assert refused.status_code == 422
    assert "Marque «Sí, enviar otra vez»" in refused.get_data(as_text=True)
    assert mail_server.messages == []

    assert investigador.post(f"{url}/reenviar", data={"confirmar": "y"}).status_code == 303
    again = investigador.post(f"{url}/reenviar", data={"confirmar": "y"})
    assert again.status_code == 422
    assert "espere a ver" in again.get_data(as_text=True)
    worker()

    [message] = mail_server.messages
    assert message["Message-ID"] == before.message_id
    assert find_notice(app, notice_id).estado is EstadoNotificacion.ENVIADA


def test_sending_again_answers_htmx_with_the_section(
    app, investigador, usuario_investigador, oficio, base
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, notice_id).estado = EstadoNotificacion.FALLIDA

    answer = investigador.post(
        f"{base}/{notice_id}/reenviar", data={"confirmar": "y"}, headers=HTMX
    )

    assert f'id="oficio-notificaciones-{oficio.id}"' in answer.get_data(as_text=True)
    assert "aviso" in answer.headers["HX-Trigger"]


def test_the_notice_of_another_case_is_not_found_under_this_one(
    app, investigador, usuario_investigador, buffet, base
):
    other = make_oficio(app, buffet, usuario_investigador)
    notice_id = make_notice(app, other, usuario_investigador)
    clave = make_draft(app, other, usuario_investigador)

    its_own = f"/oficios/{other.id}/notificaciones"
    for page in (f"{notice_id}", f"{notice_id}/html", f"vista-previa/{clave}/html"):
        assert investigador.get(f"{its_own}/{page}").status_code == 200
        assert investigador.get(f"{base}/{page}").status_code == 404


@pytest.mark.parametrize("person", ["cliente", "cliente_ajeno", "stranger"])
def test_only_the_firm_sees_or_sends_notices(
    person, request, app, usuario_investigador, oficio, base, rows
):
    client = request.getfixturevalue(person)
    notice_id = make_notice(app, oficio, usuario_investigador)
    clave = make_draft(app, oficio, usuario_investigador)
    gets = ["", "/nueva", f"/{notice_id}", f"/{notice_id}/html"]
    gets += [f"/vista-previa/{clave}", f"/vista-previa/{clave}/html"]
    posts = ["", "/vista-previa", f"/{notice_id}/reenviar"]

    answers = [client.get(base + path) for path in gets]
    answers += [client.post(base + path, data=typed()) for path in posts]

    for answer in answers:
        if person == "stranger":
            assert answer.headers["Location"].startswith("/entrar")
        else:
            assert answer.status_code == 404
    assert len(rows(Notificacion)) == 1


def test_an_admin_sends_as_an_investigator_does(admin, base, rows):
    assert admin.post(base, data=typed()).status_code == 303
    assert len(rows(Notificacion)) == 1


def test_the_sender_is_named_beside_the_investigator(app, admin, rich, mail_server, worker):
    admin.post(f"/oficios/{rich.id}/notificaciones", data=typed())
    worker()

    [message] = mail_server.messages
    text = message.get_body(("plain",)).get_content()
    assert "Envía este aviso: Ana Vega" in text
    assert "Investigador a cargo: Carla Muñoz" in text


def test_places_without_coordinates_or_verifier_are_told_as_they_are(
    app, investigador, rich, mail_server, worker
):
    with app.app_context(), transaction():
        place = db.session.get_one(Direccion, db.session.get_one(Oficio, rich.id).direcciones[0].id)
        place.exactitud_m = place.verificada_at = place.verificada_por_id = None
        place.visitas[0].notas = None
    investigador.post(f"/oficios/{rich.id}/notificaciones", data=typed())
    worker()

    [message] = mail_server.messages
    text = message.get_body(("plain",)).get_content()
    assert "Coordenadas: -33.456789, -70.600000\n" in text.replace("\r\n", "\n")
    assert "Verificada en terreno\n" in text.replace("\r\n", "\n")
