"""The second factor: what opens an account, what does not, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.ajustes.service import save_settings
from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.factores.models import Autenticador, CodigoRespaldo, LlaveAcceso
from app.factores.queries import must_have_one
from app.factores.rules import REQUIRED
from app.factores.rules.totp import code_at, find_step, open_secret, seal_secret, step_at
from app.factores.service import remove_app, use_code
from app.jobs.models import Trabajo
from app.usuarios.models import Usuario
from tests.factores.rows import make_app, make_key
from tests.factories import PASSWORD, sign_in_client

STEP = "/entrar/paso"


def _enter(client: FlaskClient, usuario: Usuario, url: str = "/entrar") -> Any:
    return client.post(url, data={"email": usuario.email, "password": PASSWORD})


def _now_code(secret: str) -> str:
    return code_at(secret, step_at(utcnow()))


def _is_in(client: FlaskClient) -> bool:
    return client.get("/cuenta").status_code == 200


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(moment: int, code: str) -> None:
    """Appendix B, SHA-1, the last six digits; a step to either side is taken, two are not."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert code_at(secret, moment // 30) == code
    for shift, is_taken in ((0, True), (30, True), (-30, True), (60, False), (-60, False)):
        now = datetime.fromtimestamp(moment + shift, UTC)
        assert (find_step(secret, code, now) == moment // 30) is is_taken


def test_a_sealed_secret_opens_for_its_account_and_key_alone() -> None:
    sealed = seal_secret("ABCD", 1, "a key")
    assert "ABCD" not in sealed
    assert open_secret(sealed, 1, "a key") == "ABCD"
    assert open_secret(sealed, 2, "a key") is None
    assert open_secret(sealed, 1, "another") is None
    assert open_secret("no base64!", 1, "a key") is None


def test_password_alone_opens_nothing(
    app: Flask, stranger: FlaskClient, usuario_admin: Usuario, rows: Callable[..., list[Any]]
) -> None:
    """Nobody is signed in between; a code works once; one goes on to what was asked for."""
    secret, _ = make_app(app, usuario_admin)
    answer = _enter(stranger, usuario_admin, "/entrar?next=/admin/usuarios")
    assert answer.headers["Location"] == STEP
    assert not _is_in(stranger)
    assert rows(Usuario, id=usuario_admin.id)[0].ultimo_acceso_at is None

    wrong = stranger.post(STEP, data={"confirmacion_codigo": "000000"})
    assert wrong.status_code == 422
    assert "no sirve" in wrong.text
    code = _now_code(secret)
    right = stranger.post(STEP, data={"confirmacion_codigo": f"{code[:3]} {code[3:]}"})
    assert (right.status_code, right.headers["Location"]) == (303, "/admin/usuarios")
    assert _is_in(stranger)

    other = app.test_client()
    _enter(other, usuario_admin)
    assert other.post(STEP, data={"confirmacion_codigo": code}).status_code == 422
    assert not _is_in(other)


def test_second_step_needs_the_first_and_ends(app: Flask, usuario_admin: Usuario) -> None:
    secret, _ = make_app(app, usuario_admin)
    client = app.test_client()
    nobody = client.post(STEP, data={"confirmacion_codigo": _now_code(secret)})
    assert nobody.headers["Location"] == "/entrar"
    _enter(client, usuario_admin)
    with time_machine.travel(utcnow() + timedelta(minutes=11)):
        late = client.post(STEP, data={"confirmacion_codigo": _now_code(secret)})
        assert late.headers["Location"] == "/entrar"
        assert not _is_in(client)


def test_codes_on_paper_work_once(
    app: Flask, usuario_cliente: Usuario, rows: Callable[..., list[Any]]
) -> None:
    _, codes = make_app(app, usuario_cliente)
    assert len(set(codes)) == 10
    stored = {row.huella for row in rows(CodigoRespaldo)}
    assert len(stored) == 10
    assert not stored & set(codes)
    for code, status in ((codes[0], 303), (codes[0], 422), (codes[1].upper(), 303)):
        client = app.test_client()
        _enter(client, usuario_cliente)
        assert client.post(STEP, data={"confirmacion_codigo": code}).status_code == status
    shown = client.get("/cuenta/segundo-factor").text
    assert "Le quedan 8." in shown
    assert codes[2] not in shown


def test_of_two_at_once_one_code_opens(app: Flask, usuario_admin: Usuario) -> None:
    secret, codes = make_app(app, usuario_admin)

    def use(code: str) -> bool:
        with app.app_context(), transaction():
            return use_code(usuario_admin.id, code, str(app.secret_key), now=utcnow())

    for code in (_now_code(secret), codes[0]):
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(use, [code] * 4)) == [False, False, False, True]


@pytest.mark.usefixtures("throttled")
def test_guessing_codes_waits_ever_longer(app: Flask, usuario_admin: Usuario) -> None:
    """For the account, on any device; a right code too, while it waits."""
    secret, _ = make_app(app, usuario_admin)
    statuses = []
    for _ in range(7):
        client = app.test_client()
        _enter(client, usuario_admin)
        statuses.append(client.post(STEP, data={"confirmacion_codigo": "000000"}).status_code)
    assert statuses == [422] * 5 + [429] * 2
    held = client.post(STEP, data={"confirmacion_codigo": _now_code(secret)})
    assert held.status_code == 429
    assert 0 < int(held.headers["Retry-After"]) <= 60
    assert not _is_in(client)


def test_enrolment_of_an_application(
    app: Flask, admin: FlaskClient, usuario_admin: Usuario, rows: Callable[..., list[Any]]
) -> None:
    """Its secret proves nothing before a first code; then ten codes are shown, once."""
    assert admin.get("/cuenta/segundo-factor/app").status_code == 404
    admin.post("/cuenta/segundo-factor/app/nueva")
    page = admin.get("/cuenta/segundo-factor/app").text
    assert "<svg" in page
    secret = page.partition("<code>")[2].partition("</code>")[0].replace(" ", "")
    assert secret not in rows(Autenticador)[0].secreto
    assert _enter(app.test_client(), usuario_admin).headers["Location"] == "/"

    assert admin.post("/cuenta/segundo-factor/app", data={"codigo": "12"}).status_code == 422
    done = admin.post("/cuenta/segundo-factor/app", data={"codigo": _now_code(secret)})
    assert done.text.count("<li><code>") == 10
    assert done.headers["Cache-Control"] == "no-store"
    assert _enter(app.test_client(), usuario_admin).headers["Location"] == STEP
    assert {row.accion for row in rows(Auditoria)} >= {"factor.app"}
    assert [row.tipo for row in rows(Trabajo, tipo="factores.avisar")] == ["factores.avisar"]

    admin.post("/cuenta/segundo-factor/app/quitar")
    assert rows(Autenticador) == rows(CodigoRespaldo) == []
    assert _enter(app.test_client(), usuario_admin).headers["Location"] == "/"


def test_required_of_admins(
    app: Flask, usuario_admin: Usuario, usuario_investigador: Usuario
) -> None:
    """Led to it and to nothing else, until there is one; the last one stays."""
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        save_settings({REQUIRED.clave: "si"}, actor=actor, now=utcnow())
    other = app.test_client()
    _enter(other, usuario_investigador)
    assert other.get("/tablero").status_code == 200

    client = app.test_client()
    assert _enter(client, usuario_admin).status_code == 303
    for path in ("/tablero", "/admin/usuarios", "/admin/ajustes"):
        assert client.get(path).headers["Location"] == "/cuenta/segundo-factor"
    assert client.get("/tablero", headers={"HX-Request": "true"}).headers["HX-Redirect"]
    assert "exige un segundo factor" in client.get("/cuenta/segundo-factor").text
    token = app.test_client().post(
        "/api/v1/auth/login", json={"email": usuario_admin.email, "password": PASSWORD}
    )
    assert (token.status_code, token.get_json()["motivo"]) == (403, "segundo_factor_por_activar")

    make_app(app, usuario_admin)
    assert client.get("/tablero").status_code == 200
    with app.app_context(), transaction():
        row = db.session.get_one(Usuario, usuario_admin.id)
        with pytest.raises(Refused, match="agregue otro"):
            remove_app(row, now=utcnow())


@pytest.mark.parametrize(
    ("choice", "asked"), [("no", ""), ("si", "a"), ("personal", "ai"), ("todas", "aic")]
)
def test_the_office_says_of_whom_a_factor_is_required(
    app: Flask,
    usuario_admin: Usuario,
    usuario_investigador: Usuario,
    usuario_cliente: Usuario,
    choice: str,
    asked: str,
) -> None:
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        save_settings({REQUIRED.clave: choice}, actor=actor, now=utcnow())
        everybody = zip("aic", (usuario_admin, usuario_investigador, usuario_cliente), strict=True)
        assert "".join(letter for letter, who in everybody if must_have_one(who)) == asked


def test_lost_factor_is_reset_and_its_owner_told(
    app: Flask,
    admin: FlaskClient,
    usuario_admin: Usuario,
    usuario_investigador: Usuario,
    rows: Callable[..., list[Any]],
) -> None:
    make_app(app, usuario_investigador)
    make_key(app, usuario_investigador)
    lost = sign_in_client(app, usuario_investigador)
    assert _is_in(lost)
    path = f"/admin/usuarios/{usuario_investigador.id}/segundo-factor"
    assert admin.post(path).status_code == 422, "how it is known to be them"
    assert admin.post(path, data={"comprobacion": "llamada"}).status_code == 303
    assert rows(Autenticador) == rows(LlaveAcceso) == rows(CodigoRespaldo) == []
    assert not _is_in(lost)
    (aviso,) = rows(Aviso, usuario_id=usuario_investigador.id)
    assert "quitó el segundo factor" in aviso.texto
    (told,) = [row for row in rows(Trabajo) if row.argumentos.get("hecho") == "reiniciado"]
    assert told.argumentos["usuario_id"] == usuario_investigador.id
    (note,) = rows(Auditoria, accion="factor.reiniciado")
    assert (note.usuario_id, note.entidad_id) == (usuario_admin.id, usuario_investigador.id)
    assert note.detalle == {"comprobacion": "llamada"}
    assert _enter(app.test_client(), usuario_investigador).headers["Location"] == "/"


def test_command_resets_the_last_admin(app: Flask, usuario_admin: Usuario) -> None:
    make_app(app, usuario_admin)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["factores", "quitar", "nadie@oficina.example"]).exit_code == 1
    done = runner.invoke(args=["factores", "quitar", usuario_admin.email])
    assert done.exit_code == 0, done.output
    assert _enter(app.test_client(), usuario_admin).headers["Location"] == "/"


def test_a_new_secret_key_takes_the_applications_along(
    app: Flask,
    usuario_admin: Usuario,
    rows: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret, _ = make_app(app, usuario_admin)
    old, new = str(app.secret_key), "otra clave de esta misma instalación"
    monkeypatch.setattr(app, "secret_key", new)
    runner = app.test_cli_runner()

    wrong = runner.invoke(args=["factores", "recifrar", "--anterior", "no es esa"])
    assert (wrong.exit_code, "1 no se abren" in wrong.output) == (1, True)
    for _ in range(2):
        done = runner.invoke(args=["factores", "recifrar"], input=f"{old}\n")
        assert "Sirven con la clave nueva: 1." in done.output
        assert old not in done.output
    (row,) = rows(Autenticador)
    assert open_secret(row.secreto, usuario_admin.id, new) == secret


def test_api_asks_for_the_code(app: Flask, usuario_admin: Usuario) -> None:
    secret, _ = make_app(app, usuario_admin)
    known = {"email": usuario_admin.email, "password": PASSWORD}
    client = app.test_client()
    for code, status, motivo in (
        (None, 401, "codigo_requerido"),
        ("000000", 401, "codigo_equivocado"),
        (_now_code(secret), 200, None),
        (_now_code(secret), 401, "codigo_equivocado"),
    ):
        body = known if code is None else {**known, "codigo": code}
        answer = client.post("/api/v1/auth/login", json=body)
        assert (answer.status_code, answer.get_json().get("motivo")) == (status, motivo)


def test_new_password_by_mail_is_not_enough(app: Flask, usuario_admin: Usuario) -> None:
    """Who reads somebody's mail does not get past their second factor."""
    from app.usuarios.rules import make_recovery

    make_app(app, usuario_admin)
    token = make_recovery(usuario_admin.get_id(), str(app.secret_key), now=utcnow())
    client = app.test_client()
    words = {"password": "otra clave muy propia", "repeated": "otra clave muy propia"}
    answer = client.post(f"/recuperar/{token}", data=words)
    assert answer.headers["Location"] == STEP
    assert not _is_in(client)
