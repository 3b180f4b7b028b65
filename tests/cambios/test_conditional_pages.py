"""A browser that has a page is told so, and never when anything of it is another by now."""

import dataclasses
import gzip
import re
from datetime import timedelta
from uuid import UUID

import brotli
import pytest
import sqlalchemy as sa

from app.ajustes.models import Ajuste
from app.auditoria.models import Divulgacion
from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.buffets.models import Enlace
from app.cambios import pages
from app.cambios.rules import Tag
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.direcciones.models import Visita
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.portal.access import SESSION_KEY
from app.usuarios.models import Sesion, Usuario
from app.usuarios.rules import Rol
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from app.usuarios.rules.sesiones import KEEP_PAGES, SEEN_EVERY, FinSesion
from app.web.conditional import conditional, is_conditional
from app.web.kept_answers import LONGEST_BODY, KeptAnswer, KeptAnswers, kept_answers
from tests.factories import make_aviso, make_link, make_personal_link, make_trabajo
from tests.plugins.application import HTMX
from tests.terreno.places import make_place

BOARD = "/tablero?todo=1"


def ask(client, path, tag=None, **headers):
    return client.get(path, headers={**headers, **({"If-None-Match": tag} if tag else {})})


def tag_of(client, path):
    """The tag of a page; the first answer may still write what it was asked for."""
    client.get(path)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.headers["ETag"]


@pytest.fixture
def change(app):
    """Change something in the database as another process does."""

    def do(deed):
        with app.app_context(), transaction():
            deed(db.session)

    return do


def test_who_has_a_page_gets_no_second_copy(app, investigador, oficio):
    paths = (f"/oficios/{oficio.id}", BOARD, "/tablero/lista?todo=1", "/tablero/hoy?todo=1")
    sections = [f"/oficios/{oficio.id}/{name}" for name in ("fotos", "mensajes", "direcciones")]
    for path in (*paths, *sections, "/avisos"):
        tag = tag_of(investigador, path)
        same = ask(investigador, path, tag)

        assert (same.status_code, same.data) == (304, b""), path
        assert same.headers["ETag"] == tag
        assert same.headers["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "HX-Request"} <= set(same.headers["Vary"].split(", "))
        assert "Set-Cookie" not in same.headers
    marked = {name for name, view in app.view_functions.items() if is_conditional(view)}
    assert {"oficios.detail", "tablero.board", "tablero.listing", "avisos.index"} <= marked
    guards = [view for name, view in app.view_functions.items() if name in marked]
    assert not [view for view in guards if getattr(view, "__rastro_fresh__", False)]


def test_no_browser_keeps_a_page_unless_the_office_has_it_so(app, investigador, oficio, change):
    paths = (f"/oficios/{oficio.id}", BOARD, "/tablero/lista?todo=1", "/tablero/hoy?todo=1")
    for path in (*paths, "/avisos"):
        tag_of(investigador, path)
        assert investigador.get(path).headers["Cache-Control"] == "no-store", path
    tag = tag_of(investigador, BOARD)

    change(lambda session: session.add(Ajuste(clave=KEEP_PAGES.clave, valor="si")))

    assert ask(investigador, BOARD, tag).status_code == 200
    assert investigador.get(BOARD).headers["Cache-Control"] == "private, no-cache"
    assert investigador.get("/terreno").headers["Cache-Control"] == "no-store"
    change(lambda session: session.execute(sa.delete(Ajuste)))
    assert investigador.get(BOARD).headers["Cache-Control"] == "no-store"


def test_a_session_that_is_over_takes_along_what_its_browser_keeps(investigador, stranger, change):
    assert "Clear-Site-Data" not in stranger.get(BOARD).headers
    assert "Clear-Site-Data" not in investigador.get(BOARD).headers
    change(
        lambda session: session.execute(
            sa.update(Sesion).values(terminada_at=utcnow(), motivo=FinSesion.INACTIVA)
        )
    )

    for headers in ({}, HTMX):
        answer = investigador.get(BOARD, headers=headers)
        assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_a_change_by_anybody_makes_it_a_page_again(
    app, investigador, oficio, usuario_investigador, change
):
    path, now = f"/oficios/{oficio.id}", utcnow()

    def entry(session):
        session.add(
            Investigacion(
                oficio_id=oficio.id,
                tipo=Actividad.NOTA,
                descripcion="El conserje lo vio",
                usuario_id=usuario_investigador.id,
                ocurrido_at=now,
            )
        )

    def sighting(session):
        session.add(
            Avistamiento(
                oficio_id=oficio.id,
                fuente=Fuente.PORTICO,
                fecha=local_today(now),
                ubicacion="PA12 Lo Saldes",
                clave="una",
            )
        )

    def rename(session):
        session.get(Usuario, usuario_investigador.id).nombre = "Nombre Nuevo"

    def setting(session):
        session.add(Ajuste(clave="oficina.nombre", valor="Oficina Nueva"))

    def by_statement(session):
        session.execute(sa.update(Oficio).values(posicion=5))

    def in_vain(session):
        by_statement(session)
        raise ZeroDivisionError

    for deed in (entry, sighting, rename, setting, by_statement):
        tag = tag_of(investigador, path)
        assert ask(investigador, path, tag).status_code == 304
        change(deed)
        assert ask(investigador, path, tag).status_code == 200, deed.__name__
    assert "El conserje lo vio" in investigador.get(path).text
    tag = tag_of(investigador, path)
    make_aviso(app, usuario_investigador)
    assert ask(investigador, path, tag).status_code == 200, "the bell counts another"
    tag = tag_of(investigador, path)
    with pytest.raises(ZeroDivisionError):
        change(in_vain)
    assert ask(investigador, path, tag).status_code == 304, "what was taken back is no change"


def test_a_tag_is_of_one_session_and_one_program(
    app, investigador, admin, stranger, cliente, oficio, change, usuario_investigador, monkeypatch
):
    path = f"/oficios/{oficio.id}"
    tag = tag_of(investigador, path)
    tag_of(admin, path)

    assert ask(admin, path, tag).status_code == 200
    assert ask(stranger, path, tag).status_code in {302, 303}
    assert ask(cliente, path, tag).status_code == 404
    tag = tag_of(investigador, path)  # a refusal is work that the page counts
    assert ask(investigador, f"{path}?x=1", tag).status_code == 200
    assert ask(investigador, path, 'W/"1-1-00"').status_code == 200
    assert ask(investigador, path, tag, **HTMX).status_code == 200
    assert ask(investigador, path, tag).status_code == 304
    monkeypatch.setitem(app.extensions, "rastro_program", "the next version")
    assert ask(investigador, path, tag).status_code == 200
    monkeypatch.undo()
    with investigador.session_transaction() as session:
        session["csrf_token"] = "another"
    assert ask(investigador, path, tag).status_code == 200
    tag = tag_of(investigador, path)
    change(lambda session: setattr(session.get(Usuario, usuario_investigador.id), "rol", Rol.ADMIN))
    assert ask(investigador, path, tag).status_code == 200
    tag = tag_of(investigador, path)
    change(
        lambda session: session.execute(
            sa.update(Sesion).values(terminada_at=utcnow(), motivo=FinSesion.SALIDA)
        )
    )
    assert ask(investigador, path, tag).status_code in {302, 303}


def test_the_clock_alone_ends_it_within_a_minute(investigador, oficio, monkeypatch):
    tag = tag_of(investigador, BOARD)
    later = [utcnow()]
    monkeypatch.setattr(pages, "utcnow", lambda: later[0])

    assert ask(investigador, BOARD, tag).status_code == 304
    later[0] += timedelta(seconds=61)
    assert ask(investigador, BOARD, tag).status_code == 200


def test_a_read_that_has_to_be_recorded_is_answered_in_full(
    app, investigador, oficio, rows, change, monkeypatch
):
    path = f"/oficios/{oficio.id}"
    tag = tag_of(investigador, path)
    assert [row.que for row in rows(Divulgacion)].count("Leyó el caso") == 1
    assert ask(investigador, path, tag).status_code == 304
    # As in the next hour, or in another process: nobody here knows of that read.
    app.extensions.pop("looks")
    change(lambda session: session.execute(sa.delete(Divulgacion)))
    tag = ask(investigador, path, tag).headers["ETag"]
    assert [row.que for row in rows(Divulgacion)].count("Leyó el caso") == 1
    before = utcnow() - 2 * SEEN_EVERY
    change(lambda session: session.execute(sa.update(Sesion).values(vista_at=before)))
    assert ask(investigador, path, tag).status_code == 200
    assert rows(Sesion)[0].vista_at > before + SEEN_EVERY


def test_what_was_just_made_is_given_again_to_its_asker_alone(
    app, investigador, admin, oficio, change, monkeypatch, usuario_investigador
):
    path = f"/oficios/{oficio.id}"
    tag_of(investigador, path)
    first = investigador.get(path)
    others = tag_of(admin, path)

    with monkeypatch.context() as patched:
        patched.setitem(app.view_functions, "oficios.detail", refuse)
        again = investigador.get(path)
        assert (again.status_code, again.data) == (200, first.data)
        assert dict(again.headers) == dict(first.headers)
        assert admin.get(path).headers["ETag"] == others != first.headers["ETag"]
        assert investigador.get(f"{path}?otro=1").status_code == 500
        assert investigador.get(path, headers={"Accept-Encoding": "br"}).status_code == 500
    small = investigador.get(path, headers={"Accept-Encoding": "br"})
    assert investigador.get(path, headers={"Accept-Encoding": "br"}).data == small.data
    assert small.headers["Content-Encoding"] == "br"
    kept = kept_answers(app)
    assert 0 < kept.size <= kept.most_bytes

    change(lambda session: setattr(session.get(Usuario, usuario_investigador.id), "nombre", "Otra"))
    assert "Otra" in investigador.get(path).text
    over = {"terminada_at": utcnow(), "motivo": FinSesion.SALIDA}
    change(lambda session: session.execute(sa.update(Sesion).values(**over)))
    assert investigador.get(path).status_code in {302, 303}


def test_a_part_that_an_open_page_asks_for_is_given_again(
    app, investigador, admin, oficio, change, monkeypatch, usuario_investigador
):
    path, live = f"/oficios/{oficio.id}", {**HTMX, "X-Caso": "vivo"}
    tag = tag_of(investigador, path)
    first = investigador.get(path, headers=live)
    for _time in range(2):
        theirs = admin.get(path, headers=live)

    with monkeypatch.context() as patched:
        patched.setitem(app.view_functions, "oficios.detail", refuse)
        again = ask(investigador, path, tag, **live)
        assert (again.status_code, again.data) == (200, first.data)
        assert dict(again.headers) == dict(first.headers)
        assert "ETag" not in again.headers
        assert again.headers["Cache-Control"] == "no-store"
        for other in (HTMX, {**live, "HX-Target": "otro"}, {**live, "X-Caso": "otro"}):
            assert investigador.get(path, headers=other).status_code == 500, other
        assert "<html" in investigador.get(path).text
        later = utcnow() + timedelta(seconds=16)
        patched.setattr(pages, "utcnow", lambda: later)
        assert investigador.get(path, headers=live).status_code == 500, "who watches sees it soon"
    assert admin.get(path, headers=live).data == theirs.data != first.data

    change(lambda session: setattr(session.get(Oficio, oficio.id), "numero_oficio", "OTRO-77"))
    assert "OTRO-77" in investigador.get(path, headers=live).text
    over = {"terminada_at": utcnow(), "motivo": FinSesion.SALIDA}
    change(lambda session: session.execute(sa.update(Sesion).values(**over)))
    assert investigador.get(path, headers=live).status_code == 401


def test_what_a_page_asks_by_itself_is_recorded_as_before(
    app, investigador, oficio, rows, change, monkeypatch
):
    path = f"/oficios/{oficio.id}"
    poll = {**HTMX, "X-Caso": "vivo", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    long_ago = utcnow() - 2 * SEEN_EVERY
    change(lambda session: session.execute(sa.update(Sesion).values(vista_at=long_ago)))
    for _time in range(2):
        first = investigador.get(path, headers=poll)

    with monkeypatch.context() as patched:
        patched.setitem(app.view_functions, "oficios.detail", refuse)
        assert investigador.get(path, headers=poll).data == first.data
        by_hand = {**poll, "Rastro-Persona": "1"}
        assert investigador.get(path, headers=by_hand).status_code == 500
    assert rows(Sesion)[0].vista_at > long_ago, "what a person did is written down"
    # As in the next hour: the read is recorded by a whole answer, also if a page asks by itself.
    app.extensions.pop("looks")
    change(lambda session: session.execute(sa.delete(Divulgacion)))
    assert investigador.get(path, headers=poll).status_code == 200
    assert [row.que for row in rows(Divulgacion)].count("Leyó el caso") == 1


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_a_form_that_is_given_again_has_a_number_of_its_own(
    app, investigador, buffet, usuario_investigador, monkeypatch, rows, encoding
):
    oficio_id, direccion_id = make_place(app, buffet, usuario_investigador)
    packed = {"Accept-Encoding": encoding}
    cases = (
        ("/terreno", "terreno.index", {}),
        (f"/oficios/{oficio_id}/bitacora", "oficios.timeline", {}),
        (f"/oficios/{oficio_id}/bitacora", "oficios.timeline", {**HTMX, "X-Caso": "vivo"}),
    )
    numbers = []
    for path, endpoint, headers in cases:
        for _time in range(2):
            first = investigador.get(path, headers={**packed, **headers})
        with monkeypatch.context() as patched:
            patched.setitem(app.view_functions, endpoint, refuse)
            answers = [investigador.get(path, headers={**packed, **headers}) for _time in range(2)]
        for answer in (first, *answers):
            text = unpack(answer)
            found = NUMBER.findall(text)
            assert found
            assert all(str(UUID(one)) == one for one in found)
            numbers += found
            assert NUMBER.sub("", text) == NUMBER.sub("", unpack(first))
            assert answer.headers.get("Content-Encoding", "identity") == encoding
            assert "ETag" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"
    assert len(set(numbers)) == len(numbers) >= 9

    # Two pages that were given again are two visits; one that is sent twice is one.
    for number in numbers[1], numbers[2], numbers[2]:
        sent = {"resultado": "otro", "cliente_id": number}
        investigador.post(f"/terreno/direcciones/{direccion_id}/visitas", data=sent)
    assert len(rows(Visita)) == 2


NUMBER = re.compile(r'name="cliente_id" value="([^"]*)"')


def unpack(answer):
    """The text of an answer, however it was compressed."""
    how = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
    return how[answer.headers.get("Content-Encoding", "identity")](answer.data).decode()


def test_the_list_of_jobs_is_drawn_when_something_changed(app, admin, monkeypatch):
    path = "/admin/trabajos"
    for _time in range(2):
        first = admin.get(path, headers=HTMX)
    with monkeypatch.context() as patched:
        patched.setitem(app.view_functions, "trabajos.index", refuse)
        assert admin.get(path, headers=HTMX).data == first.data

    make_trabajo(app)
    assert admin.get(path, headers=HTMX).data != first.data


@conditional
def refuse(**_values):
    raise AssertionError("the view was called")


def test_answers_are_kept_for_a_moment_and_within_bounds():
    now = utcnow()

    def answer(seconds, size=40):
        return KeptAnswer("W/1", now + timedelta(seconds=seconds), (), b"x" * size)

    kept = KeptAnswers(most_bytes=100)
    kept.keep(b"old", answer(-70), since=now - timedelta(seconds=130))
    kept.keep(b"one", answer(0), since=now - timedelta(seconds=60))
    assert kept.find(b"old") is None, "what is over by the clock"
    kept.keep(b"two", answer(1), since=now - timedelta(seconds=60))
    assert kept.find(b"one") is not None
    kept.keep(b"three", answer(2), since=now - timedelta(seconds=60))
    assert kept.find(b"two") is None, "what was asked for least lately"
    assert kept.size == 80
    kept.keep(b"one", answer(3, LONGEST_BODY + 1), since=now)
    assert kept.find(b"one") is None, "an old one is not given in place of one that is too long"
    kept.clear()
    assert (kept.size, kept.find(b"three")) == (0, None)


def test_no_tag_where_a_page_may_not_be_shown_again(app, investigador, oficio, change, monkeypatch):
    timeline = investigador.get(f"/oficios/{oficio.id}/historial")
    assert "ETag" not in timeline.headers, "its form has a number that is stored once"
    assert timeline.headers["Cache-Control"] == "no-store"

    def fail(*_):
        db.session.execute(sa.text("SELECT nothing FROM nowhere"))

    assert "ETag" in investigador.get(BOARD).headers
    with monkeypatch.context() as patched:
        patched.setattr("app.avisos.pages.read_bell", fail)
        shown = investigador.get(f"{BOARD}&q=")
    assert shown.status_code == 200
    assert "ETag" not in shown.headers, "the bell could not be read"
    need = {"clave": ACCESS_MODE.clave, "valor": ASSIGNED}
    change(lambda session: session.add(Ajuste(**need)))
    shown = investigador.get(BOARD)
    assert shown.status_code == 200
    assert "ETag" not in shown.headers, "who sees only their cases may lose one by the clock"


def test_a_buffet_is_noted_again_in_the_next_hour(app, cliente, oficio, rows, monkeypatch):
    """Which buffet looked is recorded once an hour, also if the page is given again."""
    cliente.get("/portal")
    first = cliente.get("/portal")
    assert cliente.get("/portal").headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-store"
    assert len(rows(Divulgacion)) == 1
    made = Tag.read(first.headers["ETag"])
    assert made is not None
    hour = utcnow().replace(minute=59, second=50, microsecond=0)
    before = dataclasses.replace(made, made=int(hour.timestamp()))
    assert before.is_of_now(hour + timedelta(seconds=9))
    assert not before.is_of_now(hour + timedelta(seconds=11))
    monkeypatch.setattr("app.auditoria.pages.note_view", lambda *_args, **_about: False)
    app.extensions.pop("looks")
    assert "ETag" not in cliente.get("/portal?vista=abiertos").headers, "nobody could write it down"


@pytest.fixture
def by_link(app, stranger, buffet):
    """A browser that came in by the magic link of a buffet, and has seen its dashboard."""
    stranger.post(f"/b/{make_link(app, buffet)}")
    stranger.get("/portal")
    assert stranger.get("/portal").status_code == 200
    return stranger


def test_who_came_by_a_link_gets_the_same_page_again(
    app, by_link, oficio, rows, change, monkeypatch
):
    tag_of(by_link, "/portal")
    first = by_link.get("/portal")
    with monkeypatch.context() as patched:
        patched.setitem(app.view_functions, "portal.home", refuse)
        again = by_link.get("/portal")
        assert (again.status_code, again.data) == (200, first.data)
        assert dict(again.headers) == dict(first.headers)
        assert ask(by_link, "/portal", first.headers["ETag"]).status_code == 304
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert [row.que for row in rows(Divulgacion)] == ["Lista de sus oficios"]
    assert "ETag" not in by_link.get(f"/portal/oficios/{oficio.id}").headers

    change(lambda session: setattr(session.get(Oficio, oficio.id), "numero_oficio", "OTRO-77"))
    assert "OTRO-77" in by_link.get("/portal").text
    app.extensions.pop("looks")
    monkeypatch.setattr("app.auditoria.pages.note_view", lambda *_args, **_about: False)
    assert "ETag" not in by_link.get("/portal?ver=todos").headers, "nobody could write it down"


@pytest.mark.parametrize("end", ["rotated", "revoked", "expired", "closed"])
def test_a_link_that_ended_gives_nothing_again(app, by_link, buffet, change, end, monkeypatch):
    tag = by_link.get("/portal").headers["ETag"]
    # As if no table had changed: what is kept asks for the link itself.
    with app.app_context():
        before = pages.read_stamps()
    monkeypatch.setattr(pages, "read_stamps", lambda: before)
    assert ask(by_link, "/portal", tag).status_code == 304

    def end_it(session):
        enlace = session.scalars(sa.select(Enlace)).one()
        if end == "closed":
            enlace.buffet.activo = False
        else:
            setattr(enlace, "revocado_at" if end == "revoked" else "expira_at", utcnow())

    if end == "rotated":
        make_link(app, buffet)
    else:
        change(end_it)

    assert ask(by_link, "/portal", tag).status_code == 404
    assert "Este enlace ya no está disponible" in by_link.get("/portal").text


def test_another_link_or_account_never_gets_that_page(
    app, by_link, buffet, otro_buffet, usuario_cliente, cliente, rows
):
    with by_link.session_transaction() as session:
        held = dict(session)
    for whose in (buffet, otro_buffet):
        other = app.test_client()
        with other.session_transaction() as session:
            session.update({**held, SESSION_KEY: make_personal_link(app, whose)})
        tag = tag_of(by_link, "/portal")
        answer = ask(other, "/portal", tag)
        assert (answer.status_code, whose.nombre in answer.text) == (200, True)
        assert answer.headers["ETag"] != tag
    # An account goes before the link of its browser, and has its own page.
    with cliente.session_transaction() as session:
        session[SESSION_KEY] = held[SESSION_KEY]
    for _again in range(3):
        assert usuario_cliente.nombre in ask(cliente, "/portal", tag).text
    told = {(row.destinatario, row.usuario_id) for row in rows(Divulgacion)}
    assert told == {
        (f"{buffet.nombre}, por su enlace", None),
        (f"{otro_buffet.nombre}, por su enlace", None),
        (f"{buffet.nombre}, {usuario_cliente.email}", usuario_cliente.id),
    }
    assert len(rows(Divulgacion)) == 4, "once for each link and account"
