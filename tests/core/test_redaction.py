from __future__ import annotations

import time

import pytest

from app.core.redaction import redact


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("HTTPConnectionPool(host='api.example', port=443): Max retries exceeded with url: "
         "/vehicle/GGZL12.json?include=owner (Caused by …)", ["GGZL12", "owner"]),
        ("https://ana:clave@api.example/porticos/GGZL12?key=abc", ["GGZL12", "clave", "ana"]),
        ("postgresql+psycopg://rastro:s3creta@base.example/rastro", ["s3creta"]),
        ('Starting "GET /porticos/GGZL-12 HTTP/1.1" 200', ["GGZL"]),
        ("/b/Zk3v9_aTokenOfAPortal1234 no se pudo abrir", ["Zk3v9"]),
        ("/recuperar/7-1-99.abc", ["7-1-99"]),
        ("/publico/tablero/abc123def456 y /invitacion/xyz", ["abc123", "xyz"]),
        ("(psycopg.errors.UniqueViolation) duplicate key\nDETAIL:  Key (rut)=(15.987.654-9) already"
         " exists.\n[SQL: INSERT INTO propietarios (rut) VALUES (%(rut)s)]", ["15.987", "654-9"]),
        ("null value in column\nDETAIL:  Failing row contains (7, Rosa Soto, 1).", ["Rosa"]),
        ("[SQL: UPDATE x SET a=?]\n[parameters: ('Rosa Soto', 3)]\n(Background)", ["Rosa"]),
        ("550 5.1.1 <rosa.soto@correo.example>: unknown", ["rosa", "soto"]),
        ("RUT 15987654-9, 15.987.654-9 y fono +56 9 9876 5432 o 998765432",
         ["15987654", "15.987", "9876 5432", "998765432"]),
        ("Authorization: Bearer eyJhbGciOi.eyJzdWIi.abc_def-1", ["eyJ"]),
        ("{'password': 'hola1234', 'api_key': \"k-123\"} client_secret=abc",
         ["hola", "k-123", "abc"]),
        ("+https://ana:clave@api.example/porticos/x1y2z3", ["clave", "x1y2z3"]),
        ("InvalidAccessKeyId: AKIAIOSFODNN7EXAMPLE, ASIAIOSFODNN7EXAMPLE", ["IOSFODNN7"]),
        ("[parameters: ('Rosa Soto', 'cut short", ["Rosa"]),
        ("micontraseña_nueva=abc123 contrasena: def456", ["abc123", "def456"]),
        ("patentes GGZL12, AB1234, BC-DF.12, AB.CD-12-3, BCDFG1",
         ["GGZL", "1234", "DF.12", "CD-12", "BCDFG"]),
    ],
)  # fmt: skip
def test_what_is_secret_or_personal_is_cut(text, secrets):
    told = redact(text)
    assert not [secret for secret in secrets if secret in told], told
    assert "…" in told


@pytest.mark.parametrize(
    "text",
    [
        "job 31 (avistamientos.consultar) failed",
        "(sqlite3.OperationalError) database is locked\n[SQL: BEGIN IMMEDIATE]",
        'File "app/db.py", line 140, in transaction',
        "consumer web-1:2314-ab12 left 3 jobs unfinished",
        "ConnectionRefusedError: [Errno 111] Connection refused",
        "took 1234567 µs on 127.0.0.1:8000 at 2026-11-28 17:40:41",
    ],
)
def test_what_says_where_something_broke_stays(text):
    assert redact(text) == text


def test_the_host_of_an_address_stays():
    assert redact("https://api.example:8443/a/b?c").startswith("https://api.example:8443/")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("asked /api/v1/publico/tablero/Zx81 twice", "asked /api/v1/publico/tablero/… twice"),
        ("Authorization: Token abcdef123456", "Authorization: …"),
        ("Cookie: session=abc.def; b=c", "Cookie: …"),
        ("{'password': 'tres palabras juntas'}", "{'password': …}"),
    ],
)
def test_secrets_of_several_words_and_of_the_api_are_cut(text, left):
    assert redact(text) == left


def test_a_long_word_costs_no_time():
    """A log line with a file in base64 must not hold the process that writes it."""
    began = time.process_time()
    redact("x" * 200_000)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "part",
    ["a+", "a++", "1+", "\n", " \n", "\t", "[parameters: ", "] ", "contrase", "contrasena-",
     "token", "token='", "x-", "http://", "a@", "a.b@c", "cookie ", "bearer ",
     "DETAIL:", "/api/v1", "AKIA"],
)  # fmt: skip
def test_the_time_grows_as_the_line_does(part):
    """Four times the line takes about four times as long; it would be sixteen by the square."""

    def took(size: int) -> float:
        text = part * (size // len(part))
        times = []
        for _ in range(3):
            began = time.process_time()
            redact(text)
            times.append(time.process_time() - began)
        return min(times)

    assert took(80_000) < 9 * max(took(20_000), 0.005)
