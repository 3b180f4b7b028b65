"""Every page and file of a buffet's dashboard, by its link, another buffet's and none.

What the office keeps for itself is in none of them, and what is the buffet's is in nobody else's.
"""

from __future__ import annotations

import io
from collections import deque
from urllib.parse import urlsplit

import pypdfium2
import pytest
from lxml import html
from openpyxl import load_workbook

from app.adjuntos.models import Adjunto
from app.adjuntos.service import set_approval
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.indicadores.service.issuing_months import list_missing, order_month
from app.indicadores.service.reading_figures import read_news
from app.informes.rules import Variante
from app.jobs.runner import work
from app.mensajes.models import Mensaje
from app.mensajes.service import discard
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import DireccionData, PropietarioData, record
from app.usuarios.models import Usuario
from tests.adjuntos.files import encode, make_adjunto, picture
from tests.avistamientos.rows import make_sighting
from tests.factories import make_link, make_oficio, make_personal_link
from tests.informes.expedientes import close_case, make_expediente
from tests.mensajes.rows import make_message, make_question
from tests.notificaciones.rows import make_sent_notice
from tests.ubicado.rows import make_bare_location

#: What only the office knows: a note, a sighting, an address, people, a name of a file, what was
#: not released, and who works on it.
HIDDEN = (
    "conserje pide dinero",
    "Costanera Secreta",
    "Pasaje Escondido",
    "Rosa Reservada",
    "12345678",
    "12.345.678",
    "955501234",
    "casa-de-la-deudora",
    "no debe salir",
    "tampoco debe salir",
    "Ignacio Investigador",
    "ema.soto",
    "Ema Soto",
)
#: What is of this buffet alone.
OWN = ("OF-SOLO-A", "CARATULA-SOLO-A", "pregunta solo para A", "BBCL99")
#: Pages that every browser has, and those of the buffet that need a body.
_ELSEWHERE = {"portal.open_link", "portal.ask_link"}


@pytest.fixture
def secrets(app, buffet, usuario_admin, usuario_investigador):
    """Two cases, an open and a closed one, with all kinds of what is kept from the buffet."""
    with app.app_context(), transaction():
        db.session.get_one(Usuario, usuario_investigador.id).nombre = "Ignacio Investigador"
    cases = []
    for name in ("1", "2"):
        oficio = make_oficio(
            app,
            buffet,
            usuario_investigador,
            patente="BBCL99",
            numero_oficio=f"OF-SOLO-A{name}",
            caratulado="CARATULA-SOLO-A",
            propietario=PropietarioData(
                nombre="Rosa Reservada", rut="12345678-5", telefono="+56955501234"
            ),
            direccion=DireccionData(direccion="Pasaje Escondido 7", comuna="Ñuñoa"),
        )
        with app.app_context(), transaction():
            row = db.session.get_one(Oficio, oficio.id)
            actor = db.session.get_one(Usuario, usuario_investigador.id)
            record(row, Actividad.NOTA, "El conserje pide dinero", actor=actor, now=utcnow())
        make_sighting(app, oficio, usuario_investigador, ubicacion="Costanera Secreta, pórtico 5")
        photo = make_adjunto(
            app, oficio, usuario_investigador, "casa-de-la-deudora.jpg", encode(picture())
        )
        make_adjunto(app, oficio, usuario_investigador, "casa-de-la-deudora-2.jpg")
        with app.app_context(), transaction():
            set_approval(
                db.session.get_one(Adjunto, photo.id),
                aprobado=True,
                actor=db.session.get_one(Usuario, usuario_admin.id),
                now=utcnow(),
            )
        make_message(app, oficio, usuario_admin, "Una pregunta solo para A")
        make_question(app, oficio)
        make_message(app, oficio, usuario_investigador, "Esto no debe salir")
        held = make_message(app, oficio, usuario_investigador, "Esto tampoco debe salir")
        with app.app_context(), transaction():
            admin = db.session.get_one(Usuario, usuario_admin.id)
            reason = "Tampoco debe salir el motivo"
            discard(db.session.get_one(Mensaje, held), reason, actor=admin, now=utcnow())
        make_bare_location(app, oficio, usuario_investigador)
        make_sent_notice(app, oficio, usuario_investigador)
        cases.append(oficio)
    close_case(app, cases[1])
    make_expediente(app, cases[1], usuario_admin, Variante.BUFFET)
    make_personal_link(app, buffet)
    _make_month(app)
    return cases


def _make_month(app):
    """The report of this month, with its milestones, printed by its job."""
    with app.app_context():
        month = local_today(utcnow()).replace(day=1)
        read_news(now=utcnow())
        with transaction():
            for buffet_id in list_missing(month):
                order_month(buffet_id, month, now=utcnow())
        work("test")


def read(answer) -> str:
    """The words of an answer, whatever kind of file it is."""
    kind = answer.mimetype
    data = answer.data
    answer.close()
    if kind == "application/pdf":
        document = pypdfium2.PdfDocument(data)
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        document.close()
        return text
    if kind.endswith("spreadsheetml.sheet"):
        sheets = load_workbook(io.BytesIO(data)).worksheets
        rows = [row for sheet in sheets for row in sheet.iter_rows(values_only=True)]
        return "\n".join(str(cell) for row in rows for cell in row)
    if kind.startswith("image/"):
        return data.decode("latin-1")
    return data.decode()


def walk(app, client) -> dict[tuple[str, str], str]:
    """Every page and file that links and download buttons of the dashboard lead to."""
    found: dict[tuple[str, str], str] = {}
    waiting = deque([("GET", "/portal"), ("GET", "/portal?ver=todos")])
    while waiting:
        method, path = waiting.popleft()
        if (method, path) in found:
            continue
        answer = client.open(path, method=method)
        assert answer.status_code == 200, path
        found[method, path] = read(answer)
        if answer.mimetype != "text/html":
            continue
        page = html.document_fromstring(found[method, path])
        links = page.xpath("//@href | //@src | //@hx-get")
        downloads = page.xpath("//form[@data-download]/@action")
        for verb, urls in (("GET", links), ("POST", downloads)):
            waiting += [
                (verb, url.partition("#")[0])
                for url in urls
                if urlsplit(url).path.startswith("/portal") and not urlsplit(url).netloc
            ]
    return found


def endpoint_of(app, method, path):
    return app.url_map.bind("localhost").match(urlsplit(path).path, method=method)[0]


def test_the_walk_of_the_buffet_itself_finds_nothing_of_the_office(
    app, stranger, cliente, investigador, admin, buffet, secrets
):
    oficio = secrets[0]
    office = "".join(
        read(client.get(f"/oficios/{oficio.id}{part}"))
        for client in (investigador, admin)
        for part in ("", "/bitacora", "/mensajes", "/personas", "/direcciones", "/avistamientos")
    )
    for words in ("conserje pide dinero", "Costanera Secreta", "Pasaje Escondido", "no debe salir"):
        assert words in office  # there is something to be hidden
    stranger.post(f"/b/{make_link(app, buffet)}")
    by_link, by_account = walk(app, stranger), walk(app, cliente)

    for found in (by_link, by_account):
        said = "\n".join(found.values())
        assert [words for words in HIDDEN if words.casefold() in said.casefold()] == []
        assert [words for words in OWN if words not in said] == []
    assert by_link.keys() == by_account.keys()
    reached = {endpoint_of(app, *where) for where in by_link}
    mine = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("portal.", "informes.portal_", "mensuales.portal_"))
        and "GET" in rule.methods
    }
    # Its status leads back to the page of the case.
    assert mine - _ELSEWHERE - {"informes.portal_status"} <= reached
    assert {"informes.portal_download", "mensuales.portal_file"} <= reached


@pytest.mark.parametrize("who", ["another buffet", "nobody"])
def test_what_is_of_one_buffet_is_opened_by_its_own_link_alone(
    app, stranger, buffet, otro_buffet, secrets, who
):
    stranger.post(f"/b/{make_link(app, buffet)}")
    found = walk(app, stranger)
    other = app.test_client()
    if who == "another buffet":
        other.post(f"/b/{make_link(app, otro_buffet)}")
    ids = tuple(f"/oficios/{oficio.id}" for oficio in secrets)

    for method, path in found:
        answer = other.open(path, method=method)
        is_case = any(part in path for part in ids) or "/expedientes/" in path
        is_case = is_case or "/portal/informes/" in path
        if who == "nobody":
            assert answer.status_code == 303, path
        else:
            assert answer.status_code == (404 if is_case else 200), path
        said = read(answer)
        assert [words for words in (*OWN, *HIDDEN) if words in said] == [], path
