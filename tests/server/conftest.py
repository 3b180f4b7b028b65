"""The web's own door around a small WSGI application, on a free port of this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from uvicorn.config import Config

from app.server.connection import Connection
from app.server.hub import Hub
from app.server.limits import Patience
from app.server.shell import Shell
from app.server.worker import Server

#: Bytes of body that the small application takes, by the path.
LIMITS = {"/grande": 8 * 1024 * 1024}


@dataclass
class Door:
    """A running server, and raw connections to it."""

    port: int
    shell: Shell
    clients: list[socket.socket] = field(default_factory=list)

    def connect(self) -> socket.socket:
        """A connection that is closed with the test."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.clients.append(client)
        return client

    def send(self, data: bytes) -> bytes:
        """What comes back until the server closes or is silent for a second."""
        with self.connect() as client:
            client.sendall(data)
            return read(client)


def read(client: socket.socket, seconds: float = 1.0) -> bytes:
    """What comes until the server closes, or is silent for so long."""
    client.settimeout(seconds)
    received = b""
    try:
        while chunk := client.recv(65536):
            received += chunk
    except TimeoutError:
        pass
    return received


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Door]]:
    """Start the server around ``wsgi_app``; ``seconds`` are what a request may take to arrive."""
    stops: list[Callable[[], None]] = []
    before = (Connection.patience, Connection.most_connections)

    def start(
        wsgi_app: Any, *, seconds: float = 30, most: int = 1000, threads: int = 2, sources: Any = ()
    ) -> Door:
        Connection.patience = Patience(seconds)
        Connection.most_connections = most
        shell = Shell(
            wsgi_app,
            lambda _method, path, _headers: LIMITS.get(path, 1000),
            Hub(dict(sources), nullcontext),
            threads=threads,
            folder=tmp_path,
        )
        listener = socket.create_server(("127.0.0.1", 0))
        config = Config(
            app=shell,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        server = Server(config, shell)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve([listener])), name="server"
        )
        thread.start()
        while not server.started:
            time.sleep(0.01)

        door = Door(listener.getsockname()[1], shell)

        def stop() -> None:
            for client in door.clients:
                client.close()
            server.should_exit = True
            thread.join()
            shell._threads.shutdown()

        stops.append(stop)
        return door

    yield start
    for stop in stops:
        stop()
    Connection.patience, Connection.most_connections = before
