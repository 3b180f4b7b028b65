"""Whatever is sent, the answer is a sentence in Spanish and never an error of ours."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from app.buffets.models import Buffet
from tests.api.test_buffets import NEW

JSON = {"Content-Type": "application/json"}


def problems(response):
    """What was wrong where, as the contract has it."""
    assert response.status_code == 422, response.text
    for problem in response.get_json()["detail"]:
        assert set(problem) == {"loc", "msg", "type"}
    return {
        tuple(problem["loc"]): (problem["msg"], problem["type"])
        for problem in response.get_json()["detail"]
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"no es JSON",
        b'{"nombre": "x",}',
        b"\xff\xfe{}",
        '{"nombre": "x"}'.encode("utf-16"),
        b'{"nombre": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 10_000,
    ],
)
@pytest.mark.parametrize("path", ["/buffets/", "/auth/login"])
def test_what_is_no_json_is_refused(raw, path, admin_api):
    response = admin_api("POST", path, data=raw, headers=JSON)

    assert problems(response) == {("body",): ("El cuerpo no es JSON bien formado.", "json_invalid")}


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 4000])
def test_what_is_no_number_of_json_is_refused(word, admin_api, oficio):
    raw = f'{{"receptor_email": "ema@actuarios.example", "adjuntos_ids": [{word}]}}'
    path = f"/oficios/{oficio.id}/notificar-receptor"
    found = problems(admin_api("POST", path, data=raw, headers=JSON))

    assert list(found) == [("body", "adjuntos_ids", 0)]


@pytest.mark.parametrize("raw", [b"[]", b"null", b"3", b'"texto"', b"1e999", b"[" * 50 + b"]" * 50])
def test_what_is_no_object_is_refused(raw, admin_api):
    response = admin_api("POST", "/buffets/", data=raw, headers=JSON)

    assert problems(response) == {("body",): ("Debe ser un objeto JSON.", "model_type")}


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_what_does_not_say_that_it_is_json_is_refused(kind, admin_api):
    headers = {"Content-Type": kind} if kind else {}
    response = admin_api("POST", "/buffets/", data=json.dumps(NEW), headers=headers)

    assert response.status_code == 415
    assert "Content-Type: application/json" in response.get_json()["detail"]


@pytest.mark.parametrize("path", ["/buffets/", "/auth/login"])
def test_ten_megabytes_are_refused_before_they_are_read(path, admin_api):
    body = json.dumps({**NEW, "nombre": "x" * 10_000_000})
    response = admin_api("POST", path, data=body, headers=JSON)

    assert response.status_code == 413
    assert response.get_json() == {
        "detail": "El cuerpo pesa más de 1 MB. Envíe menos datos por solicitud."
    }


@pytest.mark.parametrize("size", [1024 * 1024, 3_000_000])
def test_a_body_that_comes_in_chunks_is_not_cut_in_silence(size, admin_api):
    body = json.dumps({**NEW, "nombre": "x" * 10}).ljust(size).encode()
    response = admin_api(
        "POST",
        "/buffets/",
        input_stream=BytesIO(body),
        environ_overrides={"wsgi.input_terminated": True},
        headers=JSON,
    )

    assert response.status_code == 413


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        ({"nombre": 12}, "nombre", "Debe ser un texto."),
        ({"nombre": None}, "nombre", "Debe ser un texto."),
        ({"nombre": ["x"]}, "nombre", "Debe ser un texto."),
        ({"nombre": " \n "}, "nombre", "No puede quedar vacío."),
        ({"nombre": "x" * 161}, "nombre", "No puede tener más de 160 caracteres."),
        # Composed, this character is two.
        ({"nombre": "\u0958" * 160}, "nombre", "No puede tener más de 160 caracteres."),
        ({"nombre": "a\x00b"}, "nombre", "No puede llevar el carácter NUL."),
        ({"rut": "76\x00123456-0"}, "rut", "No puede llevar el carácter NUL."),
        ({"rut": "no es un rut"}, "rut", "«no es un rut» no es un RUT."),
        ({"rut": ""}, "rut", "Falta el RUT."),
        ({"rut": 761234560}, "rut", "Debe ser un texto."),
        ({"rut": "1" * 300}, "rut", "No puede tener más de 254 caracteres."),
        ({"email_principal": "a@b.example,c@d.example"}, "email_principal", "una sola dirección"),
        ({"email_principal": "a\r\nBcc: x@y.example"}, "email_principal", "correo"),
        ({"email_principal": "x" * 250 + "@y.example"}, "email_principal", "más de 254"),
        ({"telefono": "123"}, "telefono", "no es un teléfono chileno"),
        ({"telefono": 912345678}, "telefono", "Debe ser un texto."),
        ({"contacto_nombre": "x" * 161}, "contacto_nombre", "más de 160"),
        ({"activo": True}, "activo", "Este dato no existe aquí."),
        ({"id": 1}, "id", "Este dato no existe aquí."),
        ({"": 1}, "", "Este dato no existe aquí."),
    ],
)
def test_a_wrong_value_is_told_by_its_name_and_nothing_is_written(
    change, place, sentence, admin_api, rows
):
    found = problems(admin_api("POST", "/buffets/", {**NEW, **change}))

    assert list(found) == [("body", place)]
    assert sentence in found["body", place][0]
    assert rows(Buffet) == []


def test_all_that_is_missing_is_told_at_once(admin_api):
    assert problems(admin_api("POST", "/buffets/", {})) == {
        ("body", name): ("Falta este dato.", "missing")
        for name in ("nombre", "rut", "email_principal")
    }


@pytest.mark.parametrize(
    ("query", "place", "sentence"),
    [
        ("limit=0", "limit", "Debe ser 1 o más."),
        ("limit=101", "limit", "Debe ser 100 o menos."),
        ("limit=muchos", "limit", "Debe ser un número entero."),
        ("limit=" + "9" * 5000, "limit", "Debe ser un número entero."),
        ("limit=1.5", "limit", "Debe ser un número entero."),
        ("skip=-1", "skip", "Debe ser 0 o más."),
        ("skip=99999999999999999999", "skip", "Debe ser 2147483647 o menos."),
        ("activo=quizás", "activo", "Debe ser true o false."),
        ("activo=%00", "activo", "Debe ser true o false."),
        ("nombre=x", "nombre", "Este dato no existe aquí."),
    ],
)
def test_a_wrong_filter_is_told_by_its_name(query, place, sentence, admin_api):
    found = problems(admin_api("GET", f"/buffets/?{query}"))

    assert list(found) == [("query", place)]
    assert sentence in found["query", place][0]


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        ({"adjuntos_ids": "1"}, ("adjuntos_ids",), "Debe ser una lista."),
        ({"adjuntos_ids": ["1"]}, ("adjuntos_ids", 0), "Debe ser un número entero."),
        ({"adjuntos_ids": [1.5]}, ("adjuntos_ids", 0), "Debe ser un número entero."),
        ({"adjuntos_ids": [True]}, ("adjuntos_ids", 0), "Debe ser un número entero."),
        ({"adjuntos_ids": [1, 10**30]}, ("adjuntos_ids", 1), "Debe ser 2147483647 o menos."),
        ({"adjuntos_ids": [0]}, ("adjuntos_ids", 0), "Debe ser 1 o más."),
        ({"adjuntos_ids": [1] * 101}, ("adjuntos_ids",), "más de 100 elementos"),
        ({"mensaje_adicional": "x" * 4001}, ("mensaje_adicional",), "más de 4000 caracteres"),
        ({"mensaje_adicional": "a\x00"}, ("mensaje_adicional",), "NUL"),
        ({"confirmar_repetida": "true"}, ("confirmar_repetida",), "Debe ser true o false."),
        ({"receptor_email": "nadie"}, ("receptor_email",), "no es un correo"),
        ({"receptor_email": "a@uno.example,b@dos.example"}, ("receptor_email",), "correo"),
        ({"cc_email": "a@uno.example,b@dos.example"}, ("cc_email",), "correo"),
        ({"cc_email": ["a@uno.example"]}, ("cc_email",), "Debe ser un texto."),
        ({"responder_a": "a@uno.example\r\nBcc: b@dos.example"}, ("responder_a",), "correo"),
    ],
)
def test_a_wrong_value_of_a_notice_is_told(change, place, sentence, investigador_api, oficio):
    body = {"receptor_email": "ema.soto@actuarios.example", **change}
    found = problems(investigador_api("POST", f"/oficios/{oficio.id}/notificar-receptor", body))

    assert list(found) == [("body", *place)]
    assert sentence in found["body", *place][0]


def test_a_refused_password_is_not_repeated(nobody):
    body = {"email": "nadie", "password": "mi clave " + "x" * 200, "otra": "mi clave"}
    response = nobody("POST", "/auth/login", body)

    assert set(problems(response)) == {("body", "email"), ("body", "password"), ("body", "otra")}
    assert "mi clave" not in response.text


def test_an_address_that_does_not_exist_is_json_too(admin_api):
    response = admin_api("GET", "/no-existe")
    assert response.status_code == 404
    assert set(response.get_json()) == {"detail"}

    wrong = admin_api("PUT", "/buffets/")
    assert wrong.status_code == 405
    assert wrong.get_json() == {
        "detail": "Esta dirección no admite esa acción: el encabezado «Allow» dice cuáles sí."
    }
    assert "POST" in wrong.headers["Allow"]


def test_a_crash_is_a_sentence_too(app, nobody, monkeypatch):
    monkeypatch.setitem(app.view_functions, "api.auth.login", lambda: 1 / 0)
    response = nobody("POST", "/auth/login", {})

    assert response.status_code == 500
    assert "Algo falló de nuestro lado" in response.get_json()["detail"]
