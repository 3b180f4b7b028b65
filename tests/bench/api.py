"""The API's figures: queries of a list, and many readers at once. ``python tests/bench/api.py``.

A list of 20 oficios takes at most 3 queries, and 100 concurrent readers keep p99 below 20 times
the median, on the gunicorn that ``make run`` starts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import flask_migrate
import requests
import sqlalchemy as sa
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from app import create_app  # noqa: E402  # the path above comes first
from app.api.v1.tokens import make_token  # noqa: E402
from app.core.clock import utcnow  # noqa: E402
from app.db import db  # noqa: E402
from app.supervisor import free_port  # noqa: E402
from app.usuarios.models import Usuario  # noqa: E402
from app.usuarios.rules import Rol  # noqa: E402
from config import load_config  # noqa: E402
from tests.factories import make_buffet, make_oficio, make_usuario  # noqa: E402

OFICIOS = 1000
READERS = 100
#: Requests of each reader; all of them together stay within the limits of accounts and address.
ROUNDS = 15
ACCOUNTS = 5
PATH = "/api/v1/oficios?limit=20"


def main() -> int:
    """Print both figures; the exit code says whether they are reached."""
    with tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        env = {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "only for the bench, never anywhere else",
            "INSTANCE_DIR": folder,
            "ARGON2_MEMORY_KIB": "32",
        }
        app = create_app(load_config(env))
        with app.app_context():
            flask_migrate.upgrade()
        people = fill(app)
        most = max(count_queries(app, token) for token in people.values())
        print(f"a list of 20 oficios: {most} queries (at most 3)")
        tokens = [token for name, token in people.items() if name.startswith("lector")]
        median, p99, failed = read_at_once(env, tokens)
        ratio = p99 / median
        print(
            f"{READERS} readers at once: median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, "
            f"{ratio:.1f} times (below 20), {failed} failed"
        )
        return 0 if most <= 3 and ratio < 20 and not failed else 1


def fill(app: Flask) -> dict[str, str]:
    """Oficios and people; returns a token of each person."""
    buffet = make_buffet(app)
    admin = make_usuario(app, Rol.ADMIN)
    for _ in range(OFICIOS):
        make_oficio(app, buffet, admin)
    people = {"admin": admin, "cliente": make_usuario(app, Rol.CLIENTE, buffet)}
    for number in range(ACCOUNTS):
        people[f"lector {number}"] = make_usuario(app, Rol.INVESTIGADOR)
    return {name: token(app, usuario) for name, usuario in people.items()}


def token(app: Flask, usuario: Usuario) -> str:
    """A token for an account."""
    return make_token(usuario, str(app.secret_key), now=utcnow(), minutes=30)


def count_queries(app: Flask, bearer: str) -> int:
    """How many statements a list takes, signing in included."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        answer = app.test_client().get(PATH, headers={"Authorization": f"Bearer {bearer}"})
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len(answer.get_json()) == 20, answer.text
    return len(statements)


def read_at_once(env: dict[str, str], tokens: list[str]) -> tuple[float, float, int]:
    """The median and the 99th percentile of the seconds of a request, and how many failed."""
    port = free_port()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--workers", "1", "--threads", "8", "wsgi:app"),
        ],
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        with ThreadPoolExecutor(READERS) as pool:
            jobs = [pool.submit(read, url, tokens[n % len(tokens)]) for n in range(READERS)]
            results = [result for job in jobs for result in job.result()]
    finally:
        server.terminate()
        server.wait(30)
    seconds = sorted(took for took, _ in results)
    failed = sum(not good for _, good in results)
    return statistics.median(seconds), seconds[int(len(seconds) * 0.99)], failed


def wait_for(url: str) -> None:
    """Wait until the server answers at all."""
    for _ in range(300):
        try:
            requests.get(f"{url}/health", timeout=5)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")


def read(url: str, bearer: str) -> list[tuple[float, bool]]:
    """One reader: the seconds of each request, and whether it was answered well."""
    results = []
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(ROUNDS):
            started = time.perf_counter()
            answer = session.get(
                url + PATH, headers={"Authorization": f"Bearer {bearer}"}, timeout=60
            )
            results.append((time.perf_counter() - started, answer.status_code == 200))
    return results


if __name__ == "__main__":
    sys.exit(main())
