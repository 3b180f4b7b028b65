import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db, transaction
from app.usuarios.models import Usuario
from app.usuarios.service import set_active
from tests.factories import PASSWORD


def enter(client: FlaskClient, email: str, password: str):
    return client.post("/entrar", data={"email": email, "password": password})


def test_a_person_signs_in_with_email_in_any_case(stranger, usuario_investigador):
    response = enter(stranger, "CARLA@oficina.example", PASSWORD)

    assert response.status_code == 303
    assert stranger.get("/cuenta").status_code == 200


def test_wrong_password_and_unknown_email_say_the_same_and_keep_what_was_typed(
    stranger, usuario_investigador
):
    wrong = enter(stranger, usuario_investigador.email, "no es la clave")
    unknown = enter(stranger, "nadie@oficina.example", "no es la clave")

    assert wrong.status_code == unknown.status_code == 401
    assert "Correo o contraseña incorrectos" in wrong.text
    assert "Correo o contraseña incorrectos" in unknown.text
    assert 'value="nadie@oficina.example"' in unknown.text


def test_an_inactive_account_is_told_so_only_with_the_right_password(app, stranger, usuario_admin):
    with app.app_context(), transaction():
        db.session.get_one(Usuario, usuario_admin.id).activo = False

    assert enter(stranger, usuario_admin.email, "otra").status_code == 401
    refused = enter(stranger, usuario_admin.email, PASSWORD)
    assert refused.status_code == 403
    assert "Usuario inactivo" in refused.text


def test_signing_out_ends_every_copy_of_that_session_and_all_others_on_request(
    app, sign_in, usuario_investigador
):
    here, other, third = (sign_in(usuario_investigador) for _ in range(3))
    copy = app.test_client()
    copy.set_cookie("rastro", here.get_cookie("rastro").value)
    assert copy.get("/cuenta").status_code == 200

    left = here.post("/salir")
    assert left.headers["Clear-Site-Data"] == '"cache"'
    assert [one.get("/cuenta").status_code for one in (copy, other)] == [303, 200]

    other.post("/salir", data={"todas": "1"})
    assert third.get("/cuenta").status_code == 303


def test_a_deactivation_ends_the_sessions_at_once(
    app: Flask, sign_in, usuario_admin, usuario_investigador
):
    client = sign_in(usuario_investigador)
    with app.app_context(), transaction():
        set_active(
            db.session.get_one(Usuario, usuario_investigador.id),
            activo=False,
            actor=db.session.get_one(Usuario, usuario_admin.id),
            now=usuario_admin.created_at,
        )

    assert client.get("/cuenta").status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "//malo.example/",
        "/%09/malo.example/",
        "/%0a/malo.example",
        "%09//malo.example",
        "/%5Cmalo.example",
        "%5C%5Cmalo.example",
        "https://malo.example/",
        "https:malo.example",
        "javascript:alert(1)",
        "/%00/malo.example",
        "/%E2%80%8B/malo.example",
        "/%0d%0aSet-Cookie:a=b",
        "///malo.example",
        "malo.example",
        "//malo.example%00",
        "//[malo",
    ],
)
def test_an_answer_never_leads_to_another_site(stranger, usuario_investigador, target):
    response = stranger.post(
        f"/entrar?next={target}",
        data={"email": usuario_investigador.email, "password": PASSWORD},
    )

    assert response.headers["Location"] == "/"
