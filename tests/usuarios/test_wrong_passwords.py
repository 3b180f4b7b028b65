"""Guesses are counted for all processes together, and nothing but a wrong password is a guess.

Who guesses waits ever longer, and keeps nobody out who signed in before.
"""

from __future__ import annotations

import http.client
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from limits import parse_many
from werkzeug.exceptions import TooManyRequests

from app import create_app
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.db import db, transaction
from app.extensions import limiter
from app.jobs.models import Trabajo
from app.jobs.runner import work
from app.supervisor import ROOT, free_port
from app.usuarios.models import Usuario
from app.usuarios.pages.wrong_passwords import WrongPassword, counted_attempt, open_link
from app.usuarios.rules import Rol
from app.usuarios.rules.guessing import say_seconds, window_of, window_start
from app.usuarios.rules.known_devices import make_device, read_device
from app.usuarios.service import set_password
from app.web.error_pages import HeldBack
from app.web.limit_storage import CurrentStorage, SharedStorage
from tests.factories import PASSWORD, make_usuario
from tests.plugins.application import test_config as config_for_tests

KEY = "LIMITS/sign in/10.0.0.7/ana@oficina.example"


@pytest.fixture
def attempt(app, throttled) -> Callable[..., None]:
    """Try a password: ``attempt(WrongPassword)``; without an error it was the right one."""

    def do(error: type[BaseException] | None = None, email: str = "ana@oficina.example") -> None:
        with app.test_request_context(), counted_attempt(email):
            if error is not None:
                raise error

    return do


def test_five_wrong_passwords_are_answered_and_the_sixth_is_not(attempt):
    for _ in range(5):
        with pytest.raises(WrongPassword):
            attempt(WrongPassword)

    with pytest.raises(TooManyRequests) as refused:
        attempt()
    assert 0 < int(refused.value.retry_after) <= 60
    attempt(email="luis@oficina.example")


def test_neither_errors_of_ours_nor_right_passwords_lock_anybody_out(attempt):
    for _ in range(30):
        attempt()
        with pytest.raises(ZeroDivisionError):
            attempt(ZeroDivisionError)

    for _ in range(5):
        with pytest.raises(WrongPassword):
            attempt(WrongPassword)


def test_guessing_the_password_of_an_open_session_is_slowed_down_too(investigador, throttled):
    new = {"password": "otra clave larga", "repeated": "otra clave larga"}
    codes = [
        investigador.post("/cuenta", data={"current": f"mala {number}", **new}).status_code
        for number in range(6)
    ]

    assert codes == [422] * 5 + [429]


# ------------------------------------------------------------------ waits that grow


@pytest.fixture
def clock(app, tmp_path, monkeypatch) -> Iterator[time_machine.Traveller]:
    """A clock that stands still and counts with it: PostgreSQL's own moves with no test."""
    monkeypatch.setitem(app.extensions, "rastro_limits", SharedStorage(folder=str(tmp_path)))
    with time_machine.travel(utcnow().replace(microsecond=0), tick=False) as traveller:
        yield traveller


def test_unknown_devices_wait_twice_as_long_after_each_wrong_password(attempt, clock):
    for _ in range(4):
        with pytest.raises(WrongPassword):
            attempt(WrongPassword)
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        with pytest.raises(WrongPassword):
            attempt(WrongPassword)
        for passed, left in ((0, 60 * minutes), (60 * minutes - 1, 1)):
            clock.shift(passed)
            with pytest.raises(HeldBack) as refused:
                attempt()
            assert refused.value.seconds == left
        clock.shift(1)
    attempt()  # the right one is answered too
    attempt()  # and costs no wait

    clock.shift(24 * 3600)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            attempt(WrongPassword)


def test_refused_attempts_make_no_wait_longer(attempt, clock):
    for _ in range(5):
        with pytest.raises(WrongPassword):
            attempt(WrongPassword)
    for _ in range(20):
        with pytest.raises(HeldBack):
            attempt(WrongPassword)
    clock.shift(60)
    with pytest.raises(WrongPassword):
        attempt(WrongPassword)
    with pytest.raises(HeldBack) as refused:
        attempt()
    assert refused.value.seconds == 120


def test_an_office_behind_one_address_stands_thirty_wrong_guesses(attempt, monkeypatch):
    for number in range(40):
        with pytest.raises(WrongPassword):
            attempt(WrongPassword, email=f"nadie{number}@oficina.example")
    attempt()

    monkeypatch.setattr("app.usuarios.pages.wrong_passwords._PER_ADDRESS", parse_many("2 per hour"))
    for number in range(2):
        with pytest.raises(WrongPassword):
            attempt(WrongPassword, email=f"nadie{number}@oficina.example")
    with pytest.raises(HeldBack) as refused:
        attempt()
    assert "Desde esta conexión" in refused.value.sentence
    assert "un equipo que ya usó antes" in refused.value.sentence


def test_only_links_that_open_nothing_count(app, throttled, monkeypatch):
    monkeypatch.setattr("app.usuarios.pages.wrong_passwords._PER_ADDRESS", parse_many("2 per hour"))
    with app.test_request_context():
        assert [open_link(lambda: "found") for _ in range(4)] == ["found"] * 4
        assert [open_link(lambda: None) for _ in range(2)] == [None] * 2
        with pytest.raises(HeldBack):
            open_link(lambda: None)
        assert open_link(lambda: "found") == "found"


# ------------------------------------------------------------------ devices that are known


def enter(client, email: str, password: str = PASSWORD, address: str = "127.0.0.1"):
    data = {"email": email, "password": password}
    return client.post("/entrar", data=data, environ_base={"REMOTE_ADDR": address})


def test_strangers_keep_nobody_out_of_a_device_that_was_used_before(
    app, throttled, usuario_investigador, monkeypatch
):
    email = usuario_investigador.email
    known = app.test_client()
    answer = enter(known, email)
    (cookie,) = (text for text in answer.headers.getlist("Set-Cookie") if "equipo-" in text)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "carla" not in cookie.lower()

    codes = [enter(app.test_client(), email, f"mala {n}").status_code for n in range(6)]
    assert codes == [401] * 5 + [429]
    elsewhere = enter(app.test_client(), email, address="10.9.8.7")
    assert elsewhere.status_code == 429
    assert 0 < int(elsewhere.headers["Retry-After"]) <= 60
    assert "Espere 1 minuto" in elsewhere.text or "segundos" in elsewhere.text
    assert "un equipo que ya usó antes" in elsewhere.text
    assert f'value="{email}"' in elsewhere.text
    monkeypatch.setattr("app.usuarios.pages.wrong_passwords._PER_ADDRESS", parse_many("1 per hour"))
    codes = [enter(app.test_client(), "nadie@oficina.example", "mala").status_code for _ in "12"]
    assert codes == [401, 429]
    assert enter(known, email).status_code == 303

    codes = [enter(known, email, f"mala {n}").status_code for n in range(6)]
    assert codes == [401] * 5 + [429]
    assert "en este equipo" in enter(known, email).text


def test_a_known_device_is_known_to_its_account_only_and_until_a_new_password(
    app, throttled, usuario_investigador, usuario_admin
):
    client = app.test_client()
    for usuario in (usuario_investigador, usuario_admin):
        assert enter(client, usuario.email).status_code == 303
        for number in range(5):
            enter(app.test_client(), usuario.email, f"mala {number}")
        assert enter(client, usuario.email).status_code == 303

    with app.app_context(), transaction():
        usuario = db.session.get_one(Usuario, usuario_investigador.id)
        set_password(usuario, "otra clave larga", actor=usuario, now=utcnow())
    assert enter(client, usuario_investigador.email, "otra clave larga").status_code == 429
    assert enter(client, usuario_admin.email).status_code == 303


def test_who_changes_the_password_stays_known(app, throttled, usuario_investigador):
    client, email = app.test_client(), usuario_investigador.email
    enter(client, email)
    change = {"current": PASSWORD, "password": "otra clave larga", "repeated": "otra clave larga"}
    assert client.post("/cuenta", data=change).status_code == 303
    for number in range(5):
        enter(app.test_client(), email, f"mala {number}")

    assert enter(client, email, "otra clave larga").status_code == 303


@pytest.mark.parametrize(
    ("email", "secret", "spoil", "is_read"),
    [
        ("ana@oficina.example", "secreto", "", True),
        (" ANA@Oficina.example", "secreto", "", True),
        ("luis@oficina.example", "secreto", "", False),
        ("ana@oficina.example", "otro secreto", "", False),
        ("ana@oficina.example", "secreto", "0", False),
    ],
)
def test_a_device_token_is_good_for_its_account_only(email, secret, spoil, is_read):
    token = make_device("ab12", "ana@oficina.example", "huella", "secreto")

    device = read_device(token + spoil, email, secret)
    assert (device is not None and device.id == "ab12") is is_read
    assert read_device("", email, secret) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 segundo"),
        (59, "59 segundos"),
        (60, "1 minuto"),
        (61, "2 minutos"),
        (3541, "1 hora"),
        (3600, "1 hora"),
    ],
)
def test_a_wait_is_said_as_people_do(seconds, said):
    assert say_seconds(seconds) == said


# ------------------------------------------------------------------ what the audit is told


def test_a_flood_of_attempts_is_one_entry_for_each_account(
    app, throttled, usuario_investigador, rows
):
    email = usuario_investigador.email
    known = app.test_client()
    start = window_start(window_of(utcnow()) + 1) + timedelta(seconds=1)
    with time_machine.travel(start):
        for _ in range(3):
            enter(known, email)
        for number in range(8):
            enter(app.test_client(), email, f"mala {number}")
        for number in range(3):
            enter(app.test_client(), f"nadie{number}@oficina.example", "mala")
        first = rows(Auditoria)
        ordered = rows(Trabajo, tipo="usuarios.intentos")
    with time_machine.travel(start + timedelta(minutes=11)), app.app_context():
        work("test")

    assert [(row.accion, row.usuario_id) for row in first if row.accion == "usuario.entro"] == [
        ("usuario.entro", usuario_investigador.id)
    ]
    told = [row for row in rows(Auditoria) if row.id not in {row.id for row in first}]
    own = usuario_investigador.id
    assert {(row.accion, row.entidad_id): row.detalle["veces"] for row in told} == {
        ("usuario.entro", own): 2,
        ("usuario.intento", own): 5,
        ("usuario.frenado", own): 3,
        ("usuario.intento", None): 3,
    }
    assert {row.detalle["cuenta"] for row in told} == {own, "desconocida"}
    assert "@" not in "".join(f"{vars(row)}" for row in (*told, *ordered))


@pytest.fixture
def counts(tmp_path) -> SharedStorage:
    return SharedStorage(folder=str(tmp_path))


def rows_of(folder: Path) -> list[tuple[str, int, float]]:
    with sqlite3.connect(folder / "limites.sqlite3") as connection:
        return connection.execute("SELECT clave, cuenta, vence FROM limites").fetchall()


def change(folder: Path, vence: float) -> None:
    with sqlite3.connect(folder / "limites.sqlite3") as connection:
        connection.execute("UPDATE limites SET vence = ?", (vence,))


def test_a_window_ends_and_what_is_over_is_removed(counts, tmp_path, monkeypatch):
    assert [counts.incr(KEY, 60), counts.incr(KEY, 60)] == [1, 2]
    assert 55 < counts.get_expiry(KEY) - time.time() <= 60
    change(tmp_path, time.time() - 1)

    assert counts.get(KEY) == 0
    monkeypatch.setattr("app.web.limit_storage._CLEAN_EVERY", 0)
    assert counts.incr("another", 60) == 1
    assert len(rows_of(tmp_path)) == 1


def test_a_clock_that_was_ahead_blocks_nobody_for_longer_than_the_window(counts, tmp_path):
    for _ in range(9):
        counts.incr(KEY, 60)
    change(tmp_path, time.time() + 2 * 24 * 3600)

    assert counts.incr(KEY, 60) == 1
    assert counts.get_expiry(KEY) - time.time() <= 60


def test_nothing_of_who_tried_is_readable_where_it_is_counted(counts, tmp_path):
    counts.incr(KEY, 60)

    ((key, count, _until),) = rows_of(tmp_path)
    assert count == 1
    assert "ana" not in key
    assert "10.0" not in key


def test_where_nothing_can_be_written_each_process_counts_for_itself(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    counts = SharedStorage(folder=str(tmp_path / "file"))

    assert [counts.incr(KEY, 60) for _ in range(3)] == [1, 2, 3]
    assert counts.get(KEY) == 3
    assert not counts.check()
    assert caplog.text.count("is away") == 1


def test_the_running_application_counts_in_the_shared_place(app):
    assert isinstance(limiter.storage, CurrentStorage)
    with app.app_context():
        assert isinstance(limiter.storage.place, SharedStorage)
        assert limiter.storage.check()


@pytest.fixture(params=["the database's place", "redis"])
def three_processes(request, migrated_database_url, tmp_path) -> Iterator[list[str]]:
    """Three webs on the same data, as three machines or three services would be."""
    values = {}
    if request.param == "redis":
        values["HUEY_URL"] = request.getfixturevalue("redis_server").url.replace("/0", "/9")
    env = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "test",
        "SECRET_KEY": "only for tests, never anywhere else",
        "DATABASE_URL": migrated_database_url,
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "ARGON2_MEMORY_KIB": "32",
        **values,
    }
    config = config_for_tests(migrated_database_url, tmp_path / "instance")
    make_usuario(create_app(config), Rol.INVESTIGADOR, email="ana@oficina.example")
    processes, urls = [], []
    with (tmp_path / "log").open("ab") as log:
        for _ in range(3):
            port = free_port()
            command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
            processes.append(
                subprocess.Popen(
                    [*command, "--threads", "4", "wsgi:app"],
                    cwd=ROOT, env=env, stdout=log, stderr=log,
                )
            )  # fmt: skip
            urls.append(f"http://127.0.0.1:{port}")
    try:
        for url in urls:
            wait_for(url)
        yield urls
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            ask(url, "GET", "/entrar")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{url} did not start")


def ask(url: str, method: str, path: str, body: object = None) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.e2e
def test_three_processes_together_answer_exactly_five_guesses(three_processes):
    answers: list[int] = []

    def guess(number: int) -> None:
        body = {"email": "ana@oficina.example", "password": f"mala {number}"}
        answers.append(ask(three_processes[number % 3], "POST", "/api/v1/auth/login", body))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(answers) == {401: 5, 429: 10}
    right = {"email": "ana@oficina.example", "password": PASSWORD}
    for url in three_processes:
        assert ask(url, "POST", "/api/v1/auth/login", right) == 429
