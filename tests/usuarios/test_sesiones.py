"""Sessions: what ends them, what is seen of them, and what the browser is given."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import session

from app import create_app
from app.ajustes.service import set_setting
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.usuarios.models import Sesion, Usuario
from app.usuarios.pages.open_sessions import confirm, confirmed_at
from app.usuarios.queries.sesiones import current_limits, find_open_session
from app.usuarios.rules import Rol
from app.usuarios.rules.sesiones import (
    DESK_DAYS,
    IDLE_HOURS,
    FinSesion,
    TipoSesion,
    mask_address,
    name_device,
)
from app.usuarios.service import UsuarioData, set_active, set_password, update_usuario
from app.usuarios.service.sesiones import end_overdue
from tests.factories import PASSWORD, make_link, make_session, sign_in_client
from tests.plugins.application import test_config as config_for_tests

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NAVIGATE = {"Sec-Fetch-Mode": "navigate"}


def is_open(client) -> bool:
    return client.get("/cuenta").status_code == 200


@pytest.mark.parametrize(
    ("age", "unused", "setting", "opens"),
    [
        (HOUR, HOUR, None, True),
        (11 * HOUR, 11 * HOUR, None, True),
        (13 * HOUR, 13 * HOUR, None, False),
        (6 * DAY, HOUR, None, True),
        (8 * DAY, HOUR, None, False),
        # A change of the settings holds at once.
        (3 * HOUR, 3 * HOUR, (IDLE_HOURS, 2), False),
        (13 * HOUR, 13 * HOUR, (IDLE_HOURS, 24), True),
        (2 * DAY, HOUR, (DESK_DAYS, 1), False),
        # Written by a clock that ran ahead: nobody knows its age.
        (-DAY, -DAY, None, False),
    ],
)
def test_a_session_ends_when_it_is_not_used_and_when_it_is_old(
    app, usuario_investigador, age, unused, setting, opens
):
    if setting:
        with app.app_context(), transaction():
            set_setting(setting[0].clave, str(setting[1]))
    now = utcnow()
    client = sign_in_client(app, usuario_investigador, created_at=now - age, vista_at=now - unused)

    assert is_open(client) is opens


def test_its_use_by_a_person_is_written_at_most_each_five_minutes(app, rows, usuario_investigador):
    before = utcnow() - HOUR
    client = sign_in_client(app, usuario_investigador, vista_at=before, created_at=before)

    def seen_after(**options):
        client.open("/tablero", **options)
        return rows(Sesion)[0].vista_at

    assert seen_after(method="HEAD") == before
    assert seen_after(headers={"Sec-Fetch-Mode": "cors"}) == before, "a page that polls is nobody"
    first = seen_after(headers=NAVIGATE, environ_base={"REMOTE_ADDR": "190.44.12.77"})
    assert first > before
    assert rows(Sesion)[0].lugar == "red 190.44.12.x"
    assert seen_after(headers=NAVIGATE) == first


def test_a_page_asks_no_more_for_its_session_than_one_question(app, investigador):
    asked = []

    def hear(_connection, _cursor, statement, *_rest):
        if "sesiones" in statement:
            asked.append(statement)

    with app.app_context():
        engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", hear)
    try:
        assert investigador.get("/avisos").status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", hear)
    assert len(asked) == 1


def test_the_list_shows_ones_own_and_ends_one_or_all_others(
    app, rows, usuario_investigador, usuario_admin
):
    here = sign_in_client(app, usuario_investigador, equipo="Chrome en Windows")
    phone = sign_in_client(app, usuario_investigador, equipo="Safari en iPhone")
    third = sign_in_client(app, usuario_investigador)
    foreign, _ = make_session(app, usuario_admin, equipo="Firefox en Linux")
    page = here.get("/cuenta").text
    assert re.search(r"Chrome en Windows\s*<span[^>]*>Esta", page)
    assert "Safari en iPhone" in page
    assert "Firefox en Linux" not in page

    assert here.post(f"/cuenta/sesiones/{foreign}/cerrar").status_code == 404
    assert here.post("/cuenta/sesiones/2/cerrar").status_code == 303
    assert [is_open(one) for one in (here, phone, third)] == [True, False, True]
    assert here.post("/cuenta/sesiones/2/cerrar").status_code == 404

    here.post("/cuenta/sesiones/cerrar")
    assert [is_open(one) for one in (here, third)] == [True, False]
    ended = {row.id: row.motivo for row in rows(Sesion)}
    assert ended == {1: None, 2: FinSesion.CERRADA, 3: FinSesion.CERRADA, foreign: None}


def test_an_admin_ends_all_sessions_of_a_person(app, rows, admin, usuario_investigador):
    theirs = [sign_in_client(app, usuario_investigador) for _ in range(2)]
    page = f"/admin/usuarios/{usuario_investigador.id}"
    assert "Sus sesiones" in admin.get(page).text

    admin.post(f"{page}/sesiones/cerrar")

    assert [is_open(one) for one in theirs] == [False, False]
    assert is_open(admin)
    assert {row.motivo for row in rows(Sesion, usuario_id=usuario_investigador.id)} == {
        FinSesion.ADMINISTRADOR
    }


@pytest.mark.parametrize("what", ["password", "role", "deactivate"])
def test_what_changes_the_account_ends_its_sessions(
    what, app, rows, usuario_admin, usuario_investigador
):
    client = sign_in_client(app, usuario_investigador)
    with app.app_context(), transaction():
        row = db.session.get_one(Usuario, usuario_investigador.id)
        rest = {"actor": db.session.get_one(Usuario, usuario_admin.id), "now": utcnow()}
        if what == "password":
            set_password(row, "otra frase bien larga", **rest)
        elif what == "role":
            data = UsuarioData(row.email, row.nombre, Rol.ADMIN)
            update_usuario(row, data, **rest)
        else:
            set_active(row, activo=False, **rest)

    assert not is_open(client)
    expected = FinSesion.CLAVE if what == "password" else FinSesion.DERECHOS
    assert rows(Sesion)[0].motivo is expected


def test_who_changes_the_own_password_stays_in_under_a_new_number_and_is_told(
    app, rows, usuario_investigador
):
    here, other = (sign_in_client(app, usuario_investigador) for _ in range(2))
    copy = app.test_client()
    copy.set_cookie("rastro", here.get_cookie("rastro").value)
    new = "seis caballos cruzan temprano"

    answer = here.post("/cuenta", data={"current": PASSWORD, "password": new, "repeated": new})

    assert answer.status_code == 303
    assert [is_open(one) for one in (here, other, copy)] == [True, False, False]
    assert "Su contraseña se cambió" in here.get("/avisos").text
    assert [row.tipo for row in rows(Trabajo, tipo="usuarios.avisar_clave")] == [
        "usuarios.avisar_clave"
    ]


def test_confirming_is_remembered_and_gives_the_session_a_new_number(app, usuario_investigador):
    long_ago, now = utcnow() - HOUR, utcnow()
    with app.test_request_context():
        assert confirmed_at() is None
        with pytest.raises(RuntimeError):
            confirm(now)
    client = sign_in_client(app, usuario_investigador, confirmada_at=long_ago)
    cookie = client.get_cookie("rastro").value

    with app.test_request_context(headers={"Cookie": f"rastro={cookie}"}):
        assert confirmed_at() == long_ago
        before = session["_user_id"]
        with transaction():
            confirm(now)
        assert confirmed_at() == now
        assert find_open_session(before, now=now) is None
        found = find_open_session(session["_user_id"], now=now)
        assert found is not None
        assert found.confirmada_at == now


def test_time_ends_rows_and_they_are_forgotten(app, rows, usuario_investigador):
    now = utcnow()
    cases = {
        FinSesion.VENCIDA: {"created_at": now - 8 * DAY},
        FinSesion.INACTIVA: {"vista_at": now - 13 * HOUR},
        None: {"vista_at": now - 11 * HOUR},
    }
    for values in cases.values():
        make_session(app, usuario_investigador, **values)
    phone = {"tipo": TipoSesion.TELEFONO, "clave_publica": "x"}
    make_session(
        app, usuario_investigador, created_at=now - 20 * DAY, vista_at=now - 9 * DAY, **phone
    )
    make_session(app, usuario_investigador, created_at=now - 31 * DAY, **phone)
    with app.app_context(), transaction():
        end_overdue(current_limits(), now=now)

    assert [row.motivo for row in rows(Sesion)] == [*cases, None, FinSesion.VENCIDA]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("190.44.12.77", "red 190.44.12.x"),
        ("::ffff:190.44.12.77", "red 190.44.12.x"),
        ("2800:300:6a91:b2d0:8c1:22ff:fe3a:1", "red 2800:300:6a91::x"),
        ("127.0.0.1", "este mismo equipo"),
        ("::1", "este mismo equipo"),
        ("", "red desconocida"),
        ("<script>", "red desconocida"),
    ],
)
def test_a_place_is_a_network_and_never_the_whole_address(address, place):
    assert mask_address(address) == place


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge en Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0 Mobile Safari/537.36",
            "Chrome en Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari en iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Firefox en Linux",
        ),
        ("curl/8.5", "Equipo desconocido"),
        ("", "Equipo desconocido"),
    ],
)
def test_a_device_is_called_as_people_call_it(agent, name):
    assert name_device(agent) == name


# ------------------------------------------------------------------ accounts and magic links


def test_signing_out_ends_the_link_that_was_opened_in_that_browser(
    app, stranger, buffet, usuario_cliente
):
    link = make_link(app, buffet)
    stranger.post(f"/b/{link}")
    assert stranger.get("/portal").status_code == 200
    stranger.post("/entrar", data={"email": usuario_cliente.email, "password": PASSWORD})
    assert f"Su cuenta: {usuario_cliente.nombre}" in stranger.get("/portal").text

    stranger.post("/salir")

    assert stranger.get("/portal").headers["Location"].startswith("/entrar")


def test_an_account_goes_before_a_link(app, cliente, admin, buffet, otro_buffet, rows):
    foreign = make_link(app, otro_buffet)
    for client in (cliente, admin):
        page = client.get(f"/b/{foreign}")
        assert "Está dentro con su cuenta" in page.text
        assert client.post(f"/b/{foreign}").status_code == 409
    assert buffet.nombre in cliente.get("/portal").text
    assert otro_buffet.nombre not in cliente.get("/portal").text
    assert admin.get("/portal").status_code == 404


@pytest.mark.parametrize(("base", "name"), [("https", "__Host-rastro"), ("http", "rastro")])
def test_under_https_the_cookie_is_bound_to_this_host(base, name, tmp_path):
    config = config_for_tests(
        f"sqlite:///{tmp_path}/x.sqlite3", tmp_path, BASE_URL=f"{base}://x.example"
    )
    app = create_app(config)

    @app.get("/prueba")
    def write():
        session["x"] = 1
        return ""

    cookie = app.test_client().get("/prueba").headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert ("Secure" in cookie) is (base == "https")
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "HttpOnly" in cookie
