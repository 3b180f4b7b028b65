"""(f) What the machine or others refuse: a full disk, a read-only one, no Redis, no connections,
a mail server that refuses everybody, a bucket with faults. People read what happened, nothing is
half-written, and all goes on by itself."""

from __future__ import annotations

import http.client
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import psycopg
import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.db import db
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import SEND_JOB
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from tests.adjuntos.files import jpeg
from tests.drills.people import Person
from tests.drills.records import judge_logs
from tests.drills.stage import Stage
from tests.drills.supervision import start_family
from tests.plugins.redis import RedisServer, find_redis_server

LONG = "Nadie abre la puerta. " * 220


def count_notes(stage: Stage) -> int:
    return stage.ask(sa.select(sa.func.count()).where(Investigacion.tipo == Actividad.NOTA))[0][0]


def status_of(answer: Any) -> int | None:
    return None if answer is None else int(answer.status_code)


# ------------------------------------------------------------------ the disk


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own; only root may mount one."""
    assert os.geteuid() == 0, "this drill mounts a small disk, which only root may"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)], check=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def drill_full_disk(stage: Stage) -> str:
    """Everything of the installation lies on a disk that fills up, and gets room again."""
    served, person, oficio = _at_work(stage)
    filler = Path(stage.env["INSTANCE_DIR"]) / "relleno"
    before = count_notes(stage)
    stage.wait_done()  # the backup of the first start gives its room back when it fails
    _fill(filler)
    try:
        note = person.write_note(oficio, LONG)
        photo = person.upload(oficio, jpeg((1600, 1200)))
        signed = person.sign_in()
        health = _until_unhealthy(person)
        read = person.read(oficio)
    finally:
        filler.unlink()
    seen = {
        "note": status_of(note),
        "photo": status_of(photo),
        "sign-in": status_of(signed),
        "read": status_of(read),
    }
    is_here = stage.env["DATABASE_URL"] == ""
    assert seen["photo"] == 507, seen
    assert seen["sign-in"] == 303, seen
    assert seen["read"] == 200, seen
    assert health["code"] == 503, health
    if is_here:
        assert seen["note"] == 507, seen
        assert note is not None
        assert "No hay espacio" in note.json()["detail"]
        assert count_notes(stage) == before
        assert health["causes"]["database"] == "full", health
    assert stage.ask(sa.select(sa.func.count(Adjunto.id)))[0][0] == 0
    stage.wait(lambda: status_of(person.write_note(oficio, LONG)) == 201, "a note again")
    stage.wait(lambda: person.health()["code"] == 200, "healthy again")
    assert served.stop() == 0
    return f"{seen}, then all again; {judge_logs(stage)} bytes of logs"


def _at_work(stage: Stage) -> tuple[Any, Person, int]:
    oficio = stage.make_oficio().id
    served = start_family(stage, stage.folder / "family.log")
    person = Person(served, stage.actor.email)
    person.sign_in_for_programs()
    assert status_of(person.write_note(oficio, "Antes")) == 201
    return served, person, oficio


def _fill(path: Path) -> None:
    block = 1024 * 1024
    with path.open("wb") as file:
        while block:
            try:
                while True:
                    os.write(file.fileno(), bytes(block))
            except OSError:
                block //= 2


def _until_unhealthy(person: Person) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (health := person.health())["code"] == 200 and time.monotonic() < deadline:
        time.sleep(1)
    return health


def drill_read_only(stage: Stage) -> str:
    """The data may not be written for a while, and a web worker starts in that time.

    Root may write everywhere, so the files are made immutable, which holds for root too. Linux
    ends a process (SIGBUS) that writes in a mapped file which became so; SQLite maps its index of
    the journal, so the first request may die with its worker instead of being refused.
    """
    served, person, oficio = _at_work(stage)
    folder = stage.env["INSTANCE_DIR"]
    subprocess.run(["chattr", "-R", "+i", folder], check=True)
    try:
        refused = person.write_note(oficio, "Durante")
        _renew_worker(served)
        again = person.write_note(oficio, "Con un proceso nuevo")
        health = _until_unhealthy(person)
    finally:
        subprocess.run(["chattr", "-R", "-i", folder], check=True)
    assert health["code"] == 503, health
    if stage.env["DATABASE_URL"] == "":
        assert status_of(again) == 503, served.read_log()[-2000:]
    began = time.monotonic()
    stage.wait(lambda: status_of(person.write_note(oficio, "Después")) == 201, "a note again")
    seconds = time.monotonic() - began
    stage.wait(lambda: person.health()["code"] == 200, "healthy again")
    assert seconds < 20, "writes go on by themselves"
    assert served.stop() == 0
    return (
        f"refused with {status_of(refused)} and {status_of(again)}, /health {health['code']}; "
        f"writing {seconds:.1f} s after; {judge_logs(stage)} bytes of logs"
    )


def _renew_worker(served: Any) -> None:
    """Have the web's worker start anew, as after a crash."""
    from tests.drills.supervision import find_roles

    deadline = time.monotonic() + 60
    while len(find_roles(served.process.pid)) < 3:  # one may just be replaced
        assert time.monotonic() < deadline, "master, worker and consumer"
        time.sleep(0.1)
    master, worker, *_rest = find_roles(served.process.pid)
    os.kill(worker, 9)
    while worker in find_roles(served.process.pid) or len(find_roles(served.process.pid)) < 3:
        assert time.monotonic() < deadline, f"no new worker of {master}"
        time.sleep(0.1)
    time.sleep(1)


# ------------------------------------------------------------------ others


def drill_redis_away(stage: Stage, seconds: float = 120) -> str:
    """Redis goes and comes back; what was asked for meanwhile is done, and the logs stay short."""
    binary = find_redis_server()
    assert binary, "there is no redis-server"
    first = RedisServer(binary, stage.folder)
    stage.env["HUEY_URL"] = first.url
    served, person, oficio = _at_work(stage)
    checked = [stage.put_check() for _ in range(5)]
    stage.wait_done()
    first.stop()
    began = time.monotonic()
    notes = 0
    while time.monotonic() - began < seconds:
        assert status_of(person.write_note(oficio, "Sin Redis")) == 201
        if notes % 10 == 0:
            checked.append(stage.put_check())
        notes += 1
        time.sleep(1)
    health = _until_unhealthy(person)
    second = RedisServer(binary, stage.folder, port=first.port)
    try:
        back = stage.wait_done()
        stage.judge_checks(checked)
        stage.wait(lambda: person.health()["code"] == 200, "healthy again")
        assert served.stop() == 0
    finally:
        second.stop()
    assert health["parts"]["queue"] == "down", health
    told = served.read_log()
    assert 1 <= told.count("is away") <= 6, "one line for each process and outage"
    assert told.count("is back") >= 1
    return (
        f"{seconds:.0f} s away: {notes} notes, {len(checked)} checks done once, the last "
        f"{back:.1f} s after it was back; {judge_logs(stage)} bytes of logs"
    )


def drill_refused_mail(stage: Stage, mails: int = 10_000) -> str:
    """A mail server that knows nobody: each mail fails once and is told, and none goes round."""
    stage.smtp.fail_with(550, "5.1.1 no such person")
    oficio = stage.make_oficio()
    from tests.notificaciones.rows import make_notice

    for _ in range(mails):
        make_notice(stage.app, oficio, stage.actor)
    consumer = stage.start_consumer()
    began = time.monotonic()
    stage.wait(
        lambda: stage.count_states(SEND_JOB)[EstadoTrabajo.FALLIDO] == mails,
        "each is given up",
        120 + mails / 10,
    )
    seconds = time.monotonic() - began
    states = {
        row.estado.value: row[1]
        for row in stage.ask(
            sa.select(Notificacion.estado, sa.func.count()).group_by(Notificacion.estado)
        )
    }
    stage.wait_done()
    assert states["fallida"] == mails, states
    attempts = len(stage.smtp.refused) if hasattr(stage.smtp, "refused") else mails
    assert consumer.stop() == 0
    size = judge_logs(stage, bound=20_000 + 300 * mails)
    return f"{mails} refused in {seconds:.0f} s, {attempts} attempts, {size} bytes of logs"


def drill_connections(stage: Stage) -> str:
    """PostgreSQL has no connection left for a while: people are told to wait, nothing is lost."""
    if stage.env["DATABASE_URL"] == "":
        return "SQLite counts no connections"
    served, person, oficio = _at_work(stage)
    with stage.app.app_context():
        url = db.engine.url
        db.session.remove()
        db.engine.dispose()
    uri = f"postgresql://{url.username}@/{url.database}?host={url.query['host']}"
    _renew_worker(served)
    taken: list[psycopg.Connection[Any]] = []
    try:
        while True:
            taken.append(psycopg.connect(uri))
    except psycopg.OperationalError:
        pass
    seen = [status_of(person.write_note(oficio, f"Sin conexión {n}")) for n in range(5)]
    health = person.health()
    for connection in taken:
        connection.close()
    began = time.monotonic()
    stage.wait(lambda: status_of(person.write_note(oficio, "Otra vez")) == 201, "a note again")
    seconds = time.monotonic() - began
    assert set(seen) <= {201, 503}, f"{seen}\n{served.read_log()[-3000:]}"
    assert served.stop() == 0
    return (
        f"{len(taken)} taken: notes {seen}, /health {health['code']}; at work {seconds:.1f} s "
        f"after; {judge_logs(stage)} bytes of logs"
    )


# ------------------------------------------------------------------ a bucket with faults


class FaultyBucket(ThreadingHTTPServer):
    """Hands requests on to a bucket, or does as its ``fault`` says."""

    daemon_threads = True

    def __init__(self, endpoint: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.endpoint = endpoint
        self.fault = ""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _hand_on(self) -> None:
        server: Any = self.server
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if server.fault == "slow_down":
            text = b"<Error><Code>SlowDown</Code></Error>"
            self.send_response(503)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            return
        if server.fault == "refuse":
            self.close_connection = True
            self.connection.close()
            return
        parts = urlsplit(server.endpoint)
        onward = http.client.HTTPConnection(parts.hostname or "", parts.port)
        onward.request(self.command, self.path, body, dict(self.headers))
        answer = onward.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", answer.getheader("Content-Length") or str(len(data)))
        self.end_headers()
        if server.fault == "cut":
            self.close_connection = True
            data = data[: len(data) // 2]
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _hand_on

    def log_message(self, *_values: object) -> None:
        """Say nothing."""


def drill_bucket(stage: Stage) -> str:
    """Uploads while a bucket refuses, is too busy, or breaks off; then it is well again."""
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    access = {"aws_access_key_id": "x", "aws_secret_access_key": "clave-del-bucket"}
    boto3.client(
        "s3", region_name="us-east-1", endpoint_url=f"http://{host}:{port}", **access
    ).create_bucket(Bucket="maniobra")
    faulty = FaultyBucket(f"http://{host}:{port}")
    stage.env.update(
        STORAGE_TYPE="s3",
        S3_BUCKET_NAME="maniobra",
        S3_ENDPOINT_URL=faulty.url,
        AWS_REGION="us-east-1",
        AWS_ACCESS_KEY_ID="x",
        AWS_SECRET_ACCESS_KEY="clave-del-bucket",
    )
    try:
        served, person, oficio = _at_work(stage)
        seen: dict[str, int | None] = {}
        for number, fault in enumerate(("", "refuse", "slow_down", "")):
            faulty.fault = fault
            answer = person.upload(oficio, jpeg((320 + number, 240)))
            seen[f"{number} {fault or 'well'}"] = status_of(answer)
        faulty.fault = "cut"
        adjunto = stage.ask(sa.select(Adjunto.id))[0][0]
        read = person.ask("GET", f"/api/v1/oficios/{oficio}/adjuntos/{adjunto}/copia")
        seen["read cut"] = status_of(read)
        faulty.fault = ""
        kept = stage.ask(sa.select(sa.func.count(Adjunto.id)))[0][0]
        assert list(seen.values()) == [201, 503, 503, 201, 503], seen
        assert kept == 2, "no row without its file"
        assert served.stop() == 0
    finally:
        faulty.shutdown()
        faulty.server_close()
        moto.stop()
    return f"{seen}; {judge_logs(stage)} bytes of logs"
