"""An installation of its own for a drill: data, mail server, provider, and real consumers."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa

from app import create_app
from app.auditoria.models import Auditoria
from app.buffets.models import Buffet
from app.consultas.queries import CHECK
from app.consultas.service import request_check
from app.core.clock import utcnow
from app.db import db, transaction
from app.features import FEATURES
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import OPEN_STATES, EstadoTrabajo
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import SEND_JOB
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from config import ROOT, load_config
from tests.drills import kinds
from tests.drills.kinds import LOCAL
from tests.factories import make_buffet, make_oficio, make_usuario
from tests.notificaciones.rows import make_notice
from tests.plugins.provider import ProviderServer
from tests.plugins.served import wait_until_it_listens
from tests.plugins.smtp import SmtpServer

ANSWER = {"avistamientos": [{"fecha_hora": "2026-11-20T08:15:00", "ubicacion": "P5"}]}
KEY = "clave-de-la-maniobra"
#: Seconds until something has surely happened, also on a machine that is busy with other things.
PATIENCE = 150
#: The jobs that drills are about; others, of every day or hour, run beside them.
JOBS = (LOCAL, CHECK, SEND_JOB)


class SlowSmtp(SmtpServer):
    """A mail server that takes up to ``slowness`` seconds before it confirms a message."""

    slowness = 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(random.uniform(0, self.slowness) / 2)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(random.uniform(0, self.slowness) / 2)
        return answer


class Consumer:
    """A consumer process of a drill."""

    def __init__(self, env: dict[str, str], log: Path, module: str) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """As by ``kill -9``."""
        self.process.kill()
        self.process.wait()

    def stop(self, timeout: float = 40) -> int:
        """As by ``systemctl stop``, once it listens to that; returns the exit code."""
        wait_until_it_listens(self.process)
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)


class Stage:
    """Where a drill plays. Close it, or its servers stay."""

    def __init__(
        self, folder: Path, database_url: str = "", huey_url: str = "", **values: str
    ) -> None:
        self.folder = folder
        self.provider = ProviderServer()
        self.smtp = SlowSmtp()
        self.provider.start()
        self.smtp.start()
        self.provider.answer("/porticos/", body=ANSWER)
        self.env = {
            "ENVIRONMENT": "test",
            "SECRET_KEY": "only for drills, never anywhere else",
            "INSTANCE_DIR": str(folder / "instance"),
            "DATABASE_URL": database_url,
            "HUEY_URL": huey_url,
            "BASE_URL": "http://localhost",
            "ARGON2_MEMORY_KIB": "32",
            "SMTP_HOST": self.smtp.host,
            "SMTP_PORT": str(self.smtp.port),
            "SMTP_TLS": "false",
            "SMTP_FROM": "rastro@rastro.example",
            "PROVIDER_API_URL": self.provider.url,
            "PROVIDER_API_KEY": KEY,
            "PROVIDER_ALLOW_PRIVATE": "true",
            "PROVIDER_QUOTA": "500",
            "PROVIDER_QUOTA_SECONDS": "1",
            **values,
        }
        self.app = create_app(load_config(self.env), (*FEATURES, kinds.FEATURE))
        with self.app.app_context():
            flask_migrate.upgrade()
        self.buffet: Buffet = make_buffet(self.app)
        self.actor: Usuario = make_usuario(self.app, Rol.INVESTIGADOR)
        self.consumers: list[Consumer] = []
        #: Supervisors that were started; killed, they take their children with them.
        self.families: list[subprocess.Popen[bytes]] = []
        self._numbers = itertools.count(1)

    def close(self) -> None:
        for consumer in self.consumers:
            if consumer.process.poll() is None:
                consumer.kill()
        for process in self.families:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.provider.stop()
        self.smtp.stop()
        with self.app.app_context():
            db.engine.dispose()
        self.app.extensions["alarm"].huey.storage.close()

    # ---------------------------------------------------------------- processes

    def process_env(self, **values: str) -> dict[str, str]:
        """The environment of a process of this installation."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONUNBUFFERED": "1",
            **self.env,
            **values,
        }

    def start_consumer(self, module: str = "tests.drills.consumer", **values: str) -> Consumer:
        log = self.folder / f"consumer-{len(self.consumers) + 1}.log"
        consumer = Consumer(self.process_env(**values), log, module)
        self.consumers.append(consumer)
        return consumer

    def logs(self) -> str:
        """The end of what the last consumers said."""
        return "\n".join(one.log.read_text(errors="replace")[-2000:] for one in self.consumers[-2:])

    # ---------------------------------------------------------------- work

    def put_local(self, pause: float = 0.0, **values: Any) -> int:
        """Enqueue a job with an effect in the database; returns its number."""
        number = next(self._numbers)
        with self.app.app_context(), transaction():
            enqueue(
                LOCAL,
                key=f"{LOCAL}:{number}",
                now=utcnow(),
                args={"numero": number, "pausa": pause},
                **values,
            )
        return number

    def put_check(self) -> int:
        """Enqueue a check of a new oficio; returns the oficio's id."""
        oficio = self.make_oficio(Estado.INVESTIGACION)
        with self.app.app_context(), transaction():
            row = db.session.get_one(Oficio, oficio.id)
            actor = db.session.get_one(Usuario, self.actor.id)
            request_check(row, "Prueba de resistencia", actor=actor, now=utcnow())
        return oficio.id

    def put_mail(self) -> int:
        """Enqueue a notice about a new oficio; returns the notice's id."""
        return make_notice(self.app, self.make_oficio(), self.actor)

    def make_oficio(self, estado: Estado = Estado.PENDIENTE, now: datetime | None = None) -> Oficio:
        """An oficio; only one in investigation is checked by the hourly sweep."""
        return make_oficio(self.app, self.buffet, self.actor, estado=estado, now=now or utcnow())

    # ---------------------------------------------------------------- looking

    def ask(self, statement: sa.Select) -> list[Any]:
        with self.app.app_context():
            return list(db.session.execute(statement).all())

    def count_states(self, *tipos: str) -> Counter[EstadoTrabajo]:
        statement = sa.select(Trabajo.estado, sa.func.count()).group_by(Trabajo.estado)
        if tipos:
            statement = statement.where(Trabajo.tipo.in_(tipos))
        return Counter({row.estado: row[1] for row in self.ask(statement)})

    def count_open(self) -> int:
        return sum(self.count_states()[estado] for estado in OPEN_STATES)

    def has_begun(self, consumer: Consumer) -> bool:
        """Whether a consumer took a job."""
        prefix = f"{socket.gethostname()[:50]}:{consumer.pid}-"
        taken = sa.select(Ejecucion.id).where(Ejecucion.trabajador.startswith(prefix)).limit(1)
        return bool(self.ask(taken))

    def wait(self, condition: Callable[[], bool], what: str, timeout: float = PATIENCE) -> float:
        """Wait for something; returns how long it took, in seconds.

        Raises:
            AssertionError: it did not come.
        """
        began = time.monotonic()
        while not condition():
            waited = time.monotonic() - began
            assert waited < timeout, f"{what}: not in {timeout:.0f} s\n{self.logs()}"
            time.sleep(0.05)
        return time.monotonic() - began

    def wait_done(self, timeout: float = PATIENCE) -> float:
        """Wait until no job waits or runs."""
        return self.wait(lambda: self.count_open() == 0, "everything done", timeout)

    # ---------------------------------------------------------------- judging

    def judge_local(self, numbers: list[int]) -> None:
        """Each local effect is there exactly once."""
        effects = Counter(
            row.entidad_id
            for row in self.ask(sa.select(Auditoria.entidad_id).where(Auditoria.accion == LOCAL))
        )
        assert effects == Counter(numbers), f"effects that differ: {effects - Counter(numbers)}"

    def judge_checks(self, oficios: list[int]) -> None:
        """Each check was asked for at least once, and stored exactly once."""
        entries = Counter(
            row.oficio_id
            for row in self.ask(
                sa.select(Investigacion.oficio_id, Investigacion.detalle).where(
                    Investigacion.tipo == Actividad.CONSULTA_API
                )
            )
            if "fallo" not in row.detalle  # that a job was given up is told there too
        )
        wanted = Counter(oficios)
        assert entries == wanted, f"missing {wanted - entries}, too often {entries - wanted}"
        assert len(self.provider.requests) >= len(oficios)

    def judge_mails(self, notices: list[int]) -> int:
        """Each mail arrived once, or is marked as uncertain and arrived at most once.

        Returns how many are uncertain.
        """
        arrived = Counter(str(message["Message-ID"]) for message in self.smtp.messages)
        assert not arrived or max(arrived.values()) == 1, "a mail came twice"
        uncertain = 0
        for row in self.ask(
            sa.select(Notificacion.id, Notificacion.estado, Notificacion.message_id)
        ):
            assert row.id in notices
            if row.estado.value == "incierta":
                uncertain += 1
            else:
                assert row.estado.value == "enviada", f"notice {row.id} is {row.estado.value}"
                assert arrived[row.message_id] == 1, f"notice {row.id} never came"
        return uncertain
