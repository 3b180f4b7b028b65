"""The audit goes to another machine over TLS, each entry at least once and none before its time."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import audit, record_disclosure
from app.core.clock import utcnow
from app.db import db, transaction
from app.estado.queries import list_partes
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.usuarios.models import Usuario
from app.vigia.rules import LATE, SETTLED, AvanceDeCopia, write_line

EARLIER = timedelta(minutes=5)


class Listener:
    """Takes one connection after the other, as a syslog server does; keeps what came over TLS."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context
        self.received = b""
        self.ended = threading.Semaphore(0)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._server.accept()
            except OSError:
                return
            try:
                with plain, self.context.wrap_socket(plain, server_side=True) as secure:
                    while piece := secure.recv(65536):
                        self.received += piece
                    secure.unwrap()
            except OSError:
                pass
            self.ended.release()

    def messages(self) -> list[tuple[str, dict]]:
        """Name and facts of each message of the connection that ends next."""
        assert self.ended.acquire(timeout=10)
        rest, found = self.received, []
        self.received = b""
        while rest:
            length, _, rest = rest.partition(b" ")
            line, rest = rest[: int(length)].decode("ascii"), rest[int(length) :]
            head = re.fullmatch(r"<109>1 (\S+Z) (\S+) rastro - (\S+) - (\{.*\})", line)
            assert head, line
            found.append((head[3], json.loads(head[4])))
        return found

    def close(self) -> None:
        self._server.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def listen(authority, configure, tmp_path):
    opened = []

    def start(name="127.0.0.1"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        ca = tmp_path / "autoridad.pem"
        authority.cert_pem.write_to_path(ca)
        opened.append(Listener(context))
        url = f"syslog+tls://127.0.0.1:{opened[-1].port}"
        configure(audit_syslog_url=url, audit_syslog_ca=str(ca))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.fixture
def send(app):
    """Do what is due; each time is another window of the job."""

    def do():
        with app.app_context():
            with transaction():
                now = utcnow()
                enqueue("auditoria.enviar", key=f"prueba {now.timestamp()}", now=now)
            work("test")

    return do


@pytest.fixture
def note(app, usuario_admin):
    def write(accion, *, ago=EARLIER, **detalle):
        with app.app_context(), transaction():
            actor = db.session.get_one(Usuario, usuario_admin.id)
            audit(accion, actor=actor, now=utcnow() - ago, **detalle)

    return write


def part(app):
    with app.app_context():
        found = list_partes(app.extensions["rastro_config"], utcnow())
    return next(one for one in found if one.nombre == "Auditoría en otra máquina")


def test_each_entry_goes_once_and_names_nobody_outside(app, listen, send, note, usuario_admin):
    note("usuario.entro", texto="una línea\r\n<109>1 y otra")
    with app.app_context(), transaction():
        record_disclosure(
            CanalDivulgacion.EXPORTACION,
            "Lista de casos",
            "ana@oficina.example",
            now=utcnow() - EARLIER,
            cantidad=3,
        )
    listener = listen()
    send()

    first = listener.messages()
    deed, shown = (
        next(f for n, f in first if n == name)
        for name in ("usuario.entro", "divulgacion.exportacion")
    )
    assert deed["usuario_id"] == usuario_admin.id
    assert deed["detalle"] == {"texto": "una línea\r\n<109>1 y otra"}
    assert shown["cantidad"] == 3
    assert "ana@oficina.example" not in json.dumps(first)
    assert part(app).tono == "ok"

    note("usuario.intento")
    note("usuario.frenado", ago=timedelta(0))
    send()
    assert [name for name, _ in listener.messages()] == ["usuario.intento"], "what is settled"


def test_what_did_not_arrive_goes_later(app, listen, send, note, rows):
    listener = listen("otra.oficina.example")
    note("usuario.entro", ago=LATE + SETTLED)
    send()

    assert listener.messages() == []
    (job,) = [row for row in rows(Trabajo) if row.tipo == "auditoria.enviar"]
    assert job.estado is not EstadoTrabajo.HECHO
    assert "No se pudo enviar la auditoría a 127.0.0.1" in (job.error or "")
    assert part(app).tono == "danger"

    listener = listen()
    send()
    assert "usuario.entro" in [name for name, _ in listener.messages()]
    assert part(app).tono == "ok"


def test_without_another_machine_the_admin_is_told_so(app, send, note, rows):
    note("usuario.entro")
    send()

    (job,) = [row for row in rows(Trabajo) if row.tipo == "auditoria.enviar"]
    assert (job.estado, job.resultado) == (
        EstadoTrabajo.HECHO,
        "No hay otra máquina que la reciba.",
    )
    assert "AUDIT_SYSLOG_URL" in part(app).texto


def test_an_admin_tries_the_other_machine(admin, listen, configure):
    listener = listen()
    admin.post("/admin/estado/probar/auditoria")
    assert "responde, con su certificado" in admin.get("/admin/estado").text
    assert listener.messages() == []
    configure(audit_syslog_url="syslog+tls://127.0.0.1:1")
    admin.post("/admin/estado/probar/auditoria")
    assert "No se pudo enviar la auditoría" in admin.get("/admin/estado").text


def test_a_line_holds_its_length_and_ends_nowhere_else():
    when = datetime(2026, 11, 20, 12, 0, 0, 5, tzinfo=UTC)

    line = write_line("acción rara\n", when, {"a": "ñ\n", "b": None}, host="rastro.cl")

    length, _, rest = line.partition(b" ")
    assert int(length) == len(rest)
    assert rest == (
        b'<109>1 2026-11-20T12:00:00.000005Z rastro.cl rastro - accinrara - {"a": "\\u00f1\\n"}'
    )


@pytest.mark.parametrize("stored", [None, "", "x", "1", "1 2 3", "-1 2"])
def test_what_cannot_be_read_begins_anew(stored):
    assert AvanceDeCopia.read(stored) == AvanceDeCopia()
    assert AvanceDeCopia.read(AvanceDeCopia(3, 4).write()) == AvanceDeCopia(3, 4)
