"""Headers, refusals and crashes: a sentence for people, JSON for programs, never a trace."""

from __future__ import annotations

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from app.core.errors import NotFound, RastroError, Refused, Stale
from config import ROOT
from tests.plugins.application import HTMX


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Make the sign-in page raise."""

    def raising(error: Exception) -> None:
        def view(**_values: object) -> None:
            raise error

        monkeypatch.setitem(app.view_functions, "auth.login_page", view)

    return raising


def test_every_answer_defends_its_reader(stranger):
    headers = stranger.get("/entrar").headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_under_https_a_browser_comes_back_by_nothing_else(stranger, configure):
    assert "Strict-Transport-Security" not in stranger.get("/entrar").headers
    configure(base_url="https://rastro.example")
    for path in ("/entrar", "/no-hay", "/api/v1/oficios"):
        said = stranger.get(path).headers["Strict-Transport-Security"]
        assert said == "max-age=31536000; includeSubDomains"
    assert said in (ROOT / "deploy" / "Caddyfile").read_text()


def test_pictures_come_from_here_and_from_the_one_host_of_the_map(stranger, configure):
    def allowed() -> str:
        policy = stranger.get("/entrar").headers["Content-Security-Policy"]
        return next(part for part in policy.split("; ") if part.startswith("img-src"))

    assert allowed() == "img-src 'self' data: blob:"
    configure(map_tile_url="https://mapas.example/{z}/{x}/{y}.png")
    assert allowed() == "img-src 'self' data: blob: https://mapas.example"


def test_pages_load_nothing_from_elsewhere(stranger):
    text = stranger.get("/entrar").text

    assert 'src="/static/' in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    for forbidden in ("<script>", " style=", "onclick", "hx-on", "js:"):
        assert forbidden not in text


def test_static_files_are_served_with_a_type(stranger):
    with stranger.get("/static/css/app.css") as response:
        assert response.status_code == 200
        assert response.mimetype == "text/css"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in response.headers


def test_what_is_not_there_is_told_in_spanish(stranger):
    response = stranger.get("/no/existe")

    assert response.status_code == 404
    assert "No encontramos esta página" in response.text


def test_a_program_gets_json(stranger):
    response = stranger.get("/api/v1/no/existe")

    assert response.status_code == 404
    assert set(response.json) == {"detail"}
    assert response.json["detail"].startswith("No existe o no está disponible para esta cuenta. ")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("No está."), 404),
        (Refused("No se puede."), 409),
        (Stale("Cambió."), 409),
        (RastroError("No se entiende."), 422),
        (ZeroDivisionError("secret detail"), 500),
    ],
)
def test_an_error_is_a_sentence(broken, stranger, error, status):
    broken(error)

    page = stranger.get("/entrar")
    toast = stranger.get("/entrar", headers=HTMX)

    assert page.status_code == toast.status_code == status
    assert "secret detail" not in page.text
    assert "Traceback" not in page.text
    assert toast.headers["HX-Reswap"] == "none"
    assert "aviso" in toast.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("session_token", "sent", "seconds", "told"),
    [
        ("una", None, 60, "No se reconoció el formulario"),
        ("una", "no es nada firmado", 60, "No se reconoció el formulario"),
        (None, "una", 60, "No llegó la cookie de su sesión"),
        ("otra", "una", 60, "La página se abrió en otra sesión"),
        ("una", "una", -1, "La página estuvo abierta demasiado tiempo"),
    ],
)
def test_a_form_is_told_why_its_token_does_not_do(app, session_token, sent, seconds, told):
    client = app.test_client()
    signer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")
    if session_token:
        with client.session_transaction() as session:
            session["csrf_token"] = session_token
    token = signer.dumps(sent) if sent == "una" else sent
    usual = app.config["WTF_CSRF_TIME_LIMIT"]
    app.config.update(WTF_CSRF_ENABLED=True, WTF_CSRF_TIME_LIMIT=seconds)
    try:
        response = client.post("/entrar", data={"csrf_token": token} if token else {})
    finally:
        app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_TIME_LIMIT=usual)

    assert response.status_code == 400
    assert told in response.text
    assert ("abierta demasiado tiempo" in response.text) == (seconds < 0)


def test_a_method_that_a_page_does_not_have_is_refused(stranger):
    response = stranger.delete("/entrar")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_stranger_who_uses_htmx_is_sent_to_the_sign_in_page(stranger):
    response = stranger.get("/cuenta", headers=HTMX)

    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/entrar"


def test_home_sends_each_to_its_place(investigador, cliente):
    assert investigador.get("/").headers["Location"] == "/tablero"
    assert cliente.get("/").headers["Location"] == "/portal"


def test_a_session_cookie_made_up_by_hand_opens_nothing(app):
    client = app.test_client()
    for value in ("1", "1.1", "x.y", "999.1", "1.1.1"):
        with client.session_transaction() as session:
            session["_user_id"] = value
        assert client.get("/cuenta").status_code == 303


def test_the_title_of_a_refusal_says_what_happened(stranger):
    page = stranger.delete("/entrar")

    assert page.status_code == 405
    assert "<h1" in page.text
    assert "Eso no se puede hacer aquí" in page.text
    assert "abierta demasiado tiempo" not in page.text
