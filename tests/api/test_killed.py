"""A request whose process died, or is slow, and that is sent again with its Idempotency-Key."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.api.models import RespuestaGuardada
from app.api.rules import ELSEWHERE_AWAITED
from app.api.v1 import repeating
from app.core.clock import utcnow
from app.core.process_identity import is_dead, is_here, own_process
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.supervisor import ROOT
from tests.api.killed import SLOW
from tests.api.test_repeating import KEY

#: Seconds within which the request of a dead process is done anew, on a busy machine.
AT_ONCE = 5


@pytest.fixture
def new(buffet):
    return {"numero_oficio": "77-2026", "buffet_id": buffet.id, "patente": "BBCL12"}


@pytest.fixture
def start(app, database_url, token_of, usuario_investigador, new, tmp_path):
    """Have a process of its own ask for a new oficio."""
    config = app.extensions["rastro_config"]
    started = []

    def start(where: str) -> subprocess.Popen:
        env = {
            "PATH": os.environ["PATH"],
            "ENVIRONMENT": "test",
            "SECRET_KEY": config.secret_key,
            "DATABASE_URL": database_url,
            "INSTANCE_DIR": str(tmp_path),
            "BASE_URL": "http://localhost",
        }
        values = [where, token_of(usuario_investigador), "/oficios", json.dumps(new)]
        command = [sys.executable, "-m", "tests.api.killed", *values]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize(("where", "is_replayed"), [("before", False), ("after", True)])
def test_who_asks_again_after_a_kill_is_answered_and_it_happened_once(
    where, is_replayed, start, investigador_api, new, rows
):
    process = start(where)
    assert process.wait(60) == -signal.SIGKILL
    assert len(rows(Oficio)) == int(is_replayed)
    assert rows(RespuestaGuardada)[0].estado == (201 if is_replayed else None)

    begun = time.monotonic()
    again = investigador_api("POST", "/oficios", new, headers=KEY)

    assert again.status_code == 201, again.text
    assert time.monotonic() - begun < AT_ONCE
    assert ("Idempotent-Replayed" in again.headers) is is_replayed
    (oficio,) = rows(Oficio)
    assert again.get_json()["id"] == oficio.id


def test_who_asks_again_meanwhile_waits_for_the_first_answer(start, investigador_api, new, rows):
    process = start("slow")
    assert process.stdout.readline() == "storing\n"

    begun = time.monotonic()
    again = investigador_api("POST", "/oficios", new, headers=KEY)

    assert time.monotonic() - begun > SLOW / 2
    assert again.status_code == 201, again.text
    assert again.headers["Idempotent-Replayed"] == "true"
    assert process.communicate()[0] == "201\n"
    assert len(rows(Oficio)) == 1


def test_twelve_at_once_with_one_key_are_done_once(app, api_of, usuario_investigador, oficio, rows):
    answers: Counter[int] = Counter()
    body = {"tipo": "nota", "descripcion": "una sola"}

    def ask() -> None:
        path = f"/oficios/{oficio.id}/actividades"
        response = api_of(usuario_investigador)("POST", path, body, headers=KEY)
        answers[response.status_code] += 1

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rows(Investigacion, tipo=Actividad.NOTA)) == 1
    # Three wait at a time, so that the other threads stay for other people.
    assert set(answers) <= {201, 409}
    assert answers[201] >= 1


def test_a_process_elsewhere_is_awaited_for_seconds(app, investigador_api, new, rows, monkeypatch):
    monkeypatch.setattr(repeating, "PATIENCE", 0.2)
    investigador_api("POST", "/oficios", new, headers=KEY)
    _claim(app, "another-machine/pid:[1]/7/99 x", utcnow())
    other = {**new, "numero_oficio": "78-2026"}
    assert investigador_api("POST", "/oficios", other, headers=KEY).status_code == 422
    assert investigador_api("POST", "/oficios", new, headers=KEY).status_code == 409

    _claim(app, "another-machine/pid:[1]/7/99 x", utcnow() - ELSEWHERE_AWAITED)
    renamed = investigador_api("POST", "/oficios", new, headers=KEY)
    assert renamed.status_code == 400  # done anew, and the oficio is there by now
    assert "Idempotent-Replayed" not in renamed.headers


def test_who_was_taken_over_stores_nothing(app, investigador_api, oficio, rows, monkeypatch):
    """The first was only slow: the second did it, so the first gives the second's answer."""
    body = {"tipo": "nota", "descripcion": "una sola"}
    path = f"/oficios/{oficio.id}/actividades"
    answers = []
    real = repeating.commit_together

    def overtaken(deed, last):
        monkeypatch.setattr(repeating, "commit_together", real)
        _claim(app, "another-machine/pid:[1]/7/99 x", utcnow() - timedelta(minutes=1))
        answers.append(investigador_api("POST", path, body, headers=KEY))
        return real(deed, last)

    monkeypatch.setattr(repeating, "commit_together", overtaken)
    first = investigador_api("POST", path, body, headers=KEY)

    assert first.status_code == answers[0].status_code == 201
    assert first.get_json() == answers[0].get_json()
    assert first.headers["Idempotent-Replayed"] == "true"
    assert len(rows(Investigacion, tipo=Actividad.NOTA)) == 1


def test_a_process_is_told_from_a_later_one_with_its_number():
    own = own_process()
    place, pid, began = own.rsplit("/", 2)

    assert is_here(own)
    assert not is_dead(own)
    assert is_dead(f"{place}/{pid}/{int(began) - 1}")
    assert not is_dead(f"another-machine/pid:[1]/{pid}/1")
    assert not is_dead("")
    assert len(own) <= 120


def test_a_child_that_ended_is_dead_before_its_parent_asks():
    child = subprocess.Popen(
        [
            sys.executable, "-c",
            "from app.core.process_identity import own_process; print(own_process())",
        ],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    name = child.stdout.read().strip()  # it has closed its end, and nobody waited for it
    deadline = time.monotonic() + 10
    while not is_dead(name) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_dead(name)
    child.communicate()


def _claim(app, owner: str, at) -> None:
    """Let the stored answer be one that somebody is about to give."""
    with app.app_context(), transaction():
        values = {"estado": None, "arriendo_de": owner, "created_at": at}
        db.session.execute(sa.update(RespuestaGuardada).values(**values))
