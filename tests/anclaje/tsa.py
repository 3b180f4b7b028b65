"""A time-stamping authority on loopback, made of ``openssl ts``; nobody outside is asked."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """Stamps what it is asked to, unless it is told to misbehave."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[bytes] = []
        #: What to say instead of a stamp: status and body.
        self.instead: tuple[int, bytes] | None = None
        (folder / "tsa.cnf").write_text(_CONFIG)
        (folder / "serial").write_text("01")
        self._openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650"),
            *("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Raiz de prueba"),
        )
        self._openssl(
            *("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr"),
            *("-subj", "/CN=TSA de prueba"),
        )
        (folder / "use").write_text("extendedKeyUsage=critical,timeStamping\n")
        self._openssl(
            *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-days", "3650", "-extfile", "use", "-out", "tsa.pem"),
        )
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                authority.asked.append(query)
                status, body = authority.instead or (200, authority.answer(query))
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/tsr"

    @property
    def ca(self) -> Path:
        """The root that its certificate leads to."""
        return self.folder / "ca.pem"

    def answer(self, query: bytes) -> bytes:
        """What it says to a question, without HTTP."""
        (self.folder / "query").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def close(self) -> None:
        """Answer nobody any more."""
        self._http.shutdown()
        self._http.server_close()

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@contextmanager
def serve_authority(folder: Path) -> Iterator[Authority]:
    """An authority for as long as the block runs."""
    authority = Authority(folder)
    try:
        yield authority
    finally:
        authority.close()
