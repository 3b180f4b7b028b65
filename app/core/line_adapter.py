"""A session of requests that goes over one ``Line``.

Whoever asks imports this where it asks: requests and urllib3 take a twentieth of the whole start,
and most processes ask nobody outside.
"""

from __future__ import annotations

import socket
from functools import partial
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from app.core.outgoing_http import Line


def open_session(line: Line) -> requests.Session:
    """A session whose every connection is the line; proxies and ``.netrc`` are not used."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", LineAdapter(line))
    session.mount("https://", LineAdapter(line))
    return session


class LineAdapter(HTTPAdapter):
    """A requests adapter that opens every connection through a ``Line``."""

    def __init__(self, line: Line) -> None:
        self.line = line
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of a host, with connections of ours."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        secure = isinstance(pool, HTTPSConnectionPool)
        pool.ConnectionCls = partial(_SecureConnection if secure else _Connection, line=self.line)
        return pool


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def _new_conn(self) -> socket.socket:
        return self.line.connect(self._dns_host, self.port or self.default_port)


class _SecureConnection(HTTPSConnection):
    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def _new_conn(self) -> socket.socket:
        return self.line.connect(self._dns_host, self.port or self.default_port)
