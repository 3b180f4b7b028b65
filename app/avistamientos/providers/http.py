"""Asking a provider over HTTP with the holes of requests closed.

A redirect is not followed, since the API key would travel with it. The deadline is total:
requests' timeout is per read, so that a server which sends a byte now and then would hold a
worker for ever. Only so many bytes are read. Private addresses are refused unless the
configuration allows them, and the address that was checked is the one that is connected to, so
that a name cannot change its mind in between. Proxies and ``.netrc`` of the environment are not
used. No exception carries the address or a header of the request.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from app.avistamientos.providers.interface import ProviderError

#: Bytes of an answer; a year of crossings is below a tenth of it.
MAX_BYTES = 1024 * 1024
_CHUNK = 16 * 1024

_UNREACHABLE = "No se pudo conectar con el proveedor de pórticos."
_LATE = "El proveedor de pórticos no respondió a tiempo."


@dataclass(frozen=True)
class HttpAnswer:
    """An answer as it came, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the answer says of itself that it is JSON."""
        return self.media_type == "application/json" or self.media_type.endswith("+json")


def get(url: str, *, headers: Mapping[str, str], allow_private: bool, seconds: float) -> HttpAnswer:
    """Ask once, and have the whole answer within ``seconds``, or fail.

    Raises:
        ProviderError: no connection, no answer in time, too large, or a forbidden address.
    """
    line = _Line(allow_private, seconds)
    sent = {
        "Accept": "application/json",
        # Compressed bytes could be a bomb, and the hash is to be of what a person can read.
        "Accept-Encoding": "identity",
        "User-Agent": "Rastro",
        **headers,
    }
    try:
        with line, requests.Session() as session:
            session.trust_env = False
            session.mount("http://", _Adapter(line))
            session.mount("https://", _Adapter(line))
            with session.get(
                url, headers=sent, allow_redirects=False, stream=True, timeout=seconds
            ) as response:
                answer = HttpAnswer(response.status_code, response.headers, _read(response))
    except requests.exceptions.SSLError:
        cause = "El certificado del proveedor de pórticos no es válido."
        raise ProviderError(_LATE if line.is_late else cause) from None
    except requests.Timeout:
        raise ProviderError(_LATE) from None
    except (requests.RequestException, HTTPError, OSError):
        raise ProviderError(_LATE if line.is_late else _UNREACHABLE) from None
    if line.is_late:  # a body without a length ends where it is cut, without an error
        raise ProviderError(_LATE)
    return answer


def _read(response: requests.Response) -> bytes:
    """The body, as long as it is not too long."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ProviderError("El proveedor de pórticos respondió en un formato comprimido.")
    body = bytearray()
    for chunk in response.raw.stream(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ProviderError(
                "La respuesta del proveedor de pórticos es demasiado grande, así que no se leyó."
            )
    return bytes(body)


class _Line:
    """The one connection of a request: where it may go, and until when it is held."""

    def __init__(self, allow_private: bool, seconds: float) -> None:
        self.allow_private = allow_private
        self.ends = time.monotonic() + seconds
        self._watchdog: threading.Timer | None = None
        self._handle: socket.socket | None = None

    def __enter__(self) -> _Line:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
            self._watchdog.join()
        if self._handle is not None:
            self._handle.close()

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self.ends

    def connect(self, host: str, port: int) -> socket.socket:
        """Connect to a permitted address of the host; the line is cut when the time is over."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise ProviderError(
                "No se encontró el servidor del proveedor de pórticos. Revise BOOSTR_API_URL."
            ) from None
        addresses = [str(item[4][0]) for item in found]
        if not self.allow_private:
            addresses = [address for address in addresses if is_public(address)]
        if not addresses:
            raise ProviderError(
                "La dirección del proveedor de pórticos está en una red privada y no está "
                "permitida. Revise BOOSTR_API_URL o PROVIDER_ALLOW_PRIVATE.",
                retry=False,
            )
        failure: OSError | None = None
        for address in addresses:
            left = self.ends - time.monotonic()
            if left <= 0:
                raise ProviderError(_LATE)
            try:
                connected = socket.create_connection((address, port), timeout=left)
            except OSError as error:
                failure = error
                continue
            self._watch(connected)
            return connected
        raise failure or OSError("no address")

    def _watch(self, connected: socket.socket) -> None:
        # A duplicate reaches the connection also after TLS has taken the first handle over.
        self._handle = connected.dup()
        self._watchdog = threading.Timer(max(0, self.ends - time.monotonic()), self._cut)
        self._watchdog.daemon = True
        self._watchdog.start()

    def _cut(self) -> None:
        if self._handle is not None:
            with suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the Internet: not private, loopback, link-local or odd."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


class _Adapter(HTTPAdapter):
    """Has every connection opened by the line."""

    def __init__(self, line: _Line) -> None:
        self.line = line
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of a host, with connections of ours."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        secure = isinstance(pool, HTTPSConnectionPool)
        pool.ConnectionCls = partial(_SecureConnection if secure else _Connection, line=self.line)
        return pool


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, line: _Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def _new_conn(self) -> socket.socket:
        return self.line.connect(self._dns_host, self.port or self.default_port)


class _SecureConnection(HTTPSConnection):
    def __init__(self, *args: Any, line: _Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def _new_conn(self) -> socket.socket:
        return self.line.connect(self._dns_host, self.port or self.default_port)
