"""Reports, promises and the audit at full size: ``python -m tests.bench.informes``.

An office of 100,000 oficios with 20 entries each and millions of lines in its audit is filled past
the services; then each report, each list that shows promises and each way into *Auditoría* is asked
several times in this process. What counts is the time on the clock of the slowest selection.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.cambios.service import stamp_all
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.indicadores.queries.overview import read_report
from app.indicadores.rules import Agrupacion, Informe
from app.indicadores.rules.periodo import Seleccion
from app.indicadores.service.reading_figures import read_news, rebuild
from app.oficios.models import Oficio
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from config import load_config
from tests.bench.board_rows import fill
from tests.bench.historia_rows import fill_audit, fill_histories
from tests.drills.servers import servers
from tests.factories import make_usuario, sign_in_client

OFICIOS, ENTRIES, AUDITED = 100_000, 20, 5_000_000
#: What each of them may take, in seconds.
BOUND = 1.0
ROUNDS = 5


@contextmanager
def installed(url: str, folder: str, chosen: argparse.Namespace) -> Iterator[Flask]:
    """An installation with these rows; says how long each part took."""
    env = {
        "HOME": folder,
        "ENVIRONMENT": "test",
        "SECRET_KEY": "only for measuring, never anywhere else",
        "INSTANCE_DIR": folder,
        "DATABASE_URL": url or f"sqlite:///{folder}/rastro.sqlite3",
        "BASE_URL": "http://127.0.0.1",
        "LOG_LEVEL": "warning",
        "ARGON2_MEMORY_KIB": "32",
    }
    app = create_app(load_config(env))
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            stamp_all(utcnow())
        _timed("cases", lambda: fill(chosen.oficios))
        _timed("entries, mails, promises", lambda: fill_histories(chosen.entries))
        _timed("figures of all cases", lambda: rebuild(now=utcnow()))
        _timed("audit", lambda: fill_audit(chosen.audit))
        _timed("figures, nothing new", lambda: read_news(now=utcnow()))
    yield app
    with app.app_context():
        db.engine.dispose()


def _timed(what: str, deed: Callable[[], Any]) -> None:
    start = time.perf_counter()
    deed()
    db.session.remove()
    print(f"  {what}: {time.perf_counter() - start:.1f} s", flush=True)


def measure_reports(app: Flask) -> list[tuple[str, float]]:
    """Each report over twelve weeks, a year and ten years, of all and of one buffet."""
    now = utcnow()
    today = local_today(now)
    found = []
    with app.app_context():
        buffet_id = db.session.scalar(sa.select(sa.func.min(Oficio.buffet_id)))
        for informe in Informe:
            for days, name in ((84, "12 weeks"), (365, "a year"), (3650, "ten years")):
                for buffet in (None, buffet_id):
                    for por in Agrupacion if informe.is_grouped else (Agrupacion.BUFFET,):
                        wanted = Seleccion(
                            today - timedelta(days=days - 1), today, buffet, None, por
                        )

                        def ask(informe: Informe = informe, wanted: Seleccion = wanted) -> None:
                            read_report(informe, wanted, now=now)
                            db.session.rollback()

                        words = f"{informe.value}, {name}, {'one' if buffet else 'all'}"
                        words += f", by {por.value}" if informe.is_grouped else ""
                        found.append((words, _median(ask)))
    return found


def measure_pages(app: Flask) -> list[tuple[str, float]]:
    """The pages of reports, of promises and of the audit, as whole answers."""
    admin = sign_in_client(app, make_usuario(app, Rol.ADMIN, email="mide@oficina.example"))
    with app.app_context():
        person = db.session.scalars(
            sa.select(Usuario).where(Usuario.rol == Rol.INVESTIGADOR).order_by(Usuario.id).limit(1)
        ).one()
        person_id = person.id
        db.session.expunge(person)
        last = db.session.scalar(sa.select(sa.func.max(Oficio.id)))
        middle = local_today(utcnow() - timedelta(days=900))
    staff = sign_in_client(app, person)
    asked: list[tuple[FlaskClient, str]] = [
        (admin, "/informes"),
        (admin, "/informes?rango=anio"),
        (admin, "/tablero?todo=1"),
        (admin, "/tablero/lista?todo=1"),
        (staff, "/tablero/hoy?todo=1"),
        (admin, "/tablero/lista?todo=1&promesa=vencida"),
        (admin, "/tablero/lista?todo=1&promesa=en_riesgo"),
        (admin, "/admin/auditoria"),
        (admin, f"/admin/auditoria?quien={person_id}"),
        (admin, "/admin/auditoria?que=entrada"),
        (admin, "/admin/auditoria?que=eliminacion"),
        (admin, f"/admin/auditoria?caso=OF-{last:06}"),
        (admin, f"/admin/auditoria?desde={middle}&hasta={middle}"),
        (admin, f"/admin/auditoria?desde={middle}&que=caso&quien={person_id}"),
    ]
    found = []
    for client, path in asked:
        status = client.get(path).status_code
        assert status == 200, (path, status)

        def ask(client: FlaskClient = client, path: str = path) -> None:
            client.get(path).close()

        who = "admin" if client is admin else "investigador"
        found.append((f"{path} ({who})", _median(ask)))
    return found


def _median(ask: Callable[[], None]) -> float:
    ask()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
        if times[-1] > 3 * BOUND:
            break
    return statistics.median(times)


def main() -> int:
    """Measure; return 1 when something takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--oficios", type=int, default=OFICIOS)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--audit", type=int, default=AUDITED)
    chosen = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    slow = 0
    for kind in kinds:
        print(kind, flush=True)
        with (
            servers() as running,
            tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder,
            installed(running.database(kind), folder, chosen) as app,
        ):
            # Printed as they come: filling takes long, and a page that fails loses none of it.
            for measure in (measure_reports, measure_pages):
                for name, seconds in measure(app):
                    is_slow = seconds > BOUND
                    slow += is_slow
                    print(
                        f"  {name:<62}{1000 * seconds:>9.0f} ms{'  SLOW' if is_slow else ''}",
                        flush=True,
                    )
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
