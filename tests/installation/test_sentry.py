"""What Sentry is told: a server on this machine stands for it, and the product runs as it does."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

from config import ROOT

#: Personal data and secrets, one of each way in which they could leave.
SECRETS = {
    "query": "token-de-un-enlace",
    "form": "juan.perez.secreto",
    "cookie": "galleta-de-sesion",
    "header": "Bearer clave-de-api",
    "local": "12.345.678-5",
    "message": "BBCL12-del-demandado",
    "argument": "ana@oficina.example",
    "address": "203.0.113.77",
}
PROGRAM = """
import logging
import wsgi, sentry_sdk
app = wsgi.app
app.config["WTF_CSRF_ENABLED"] = False

@app.post("/falla/<token>")
def falla(token):
    rut = "12.345.678-5"
    raise ValueError(f"BBCL12-del-demandado {rut}")

client = app.test_client()
client.set_cookie("sesion", "galleta-de-sesion")
answer = client.post(
    "/falla/token-de-un-enlace?t=token-de-un-enlace",
    data={"nombre": "juan.perez.secreto"},
    headers={"Authorization": "Bearer clave-de-api"},
    environ_base={"REMOTE_ADDR": "203.0.113.77"},
)
assert answer.status_code == 500, answer.status_code
logging.getLogger("app.prueba").error("no se pudo escribir a %s", "ana@oficina.example")
sentry_sdk.flush(10)
"""


@pytest.fixture
def sentry():
    """A server that keeps what it is sent: (address, bodies)."""
    bodies: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            data = self.rfile.read(int(self.headers["Content-Length"]))
            open_ = {"gzip": gzip.decompress, "br": brotli.decompress}.get(
                self.headers.get("Content-Encoding", "")
            )
            bodies.append(f"{self.path}\n{(open_(data) if open_ else data).decode()}")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://publica@127.0.0.1:{server.server_port}/7", bodies
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_error_is_reported_with_its_place_and_without_anybodys_data(sentry, tmp_path):
    address, bodies = sentry
    env = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "test",
        "SECRET_KEY": "sólo para esta prueba, nunca en otra parte",
        "INSTANCE_DIR": str(tmp_path),
        "SENTRY_DSN": address,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    told = "\n".join(bodies)
    assert "/api/7/envelope/" in told
    assert "ValueError" in told
    assert '"function":"falla"' in told.replace(" ", "")
    assert "unhandled error in %s" in told
    assert "no se pudo escribir a %s" in told
    assert {name: value for name, value in SECRETS.items() if value in told} == {}
    assert "sólo para esta prueba" not in told
    # The installation's own log has the place of the error, and nobody's data either.
    assert "unhandled error in falla" in done.stderr
    assert "ValueError" in done.stderr
    assert {name: value for name, value in SECRETS.items() if value in done.stderr} == {}


def test_without_an_address_nothing_of_sentry_is_loaded(tmp_path):
    program = "import sys, wsgi; sys.exit('sentry_sdk' in sys.modules)"
    env = {"PATH": os.environ["PATH"], "ENVIRONMENT": "test", "INSTANCE_DIR": str(tmp_path)}

    # With one it is: the test above is told.
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env).returncode == 0
