"""One outgoing HTTP connection, hardened against SSRF, DNS rebinding and slow answers.

Nothing of the judiciary is asked, whatever somebody configured. The deadline is total: requests'
timeout is per read, so that a server which sends a byte now and then would hold a worker for ever.
Private addresses are refused unless they are allowed, and the address that was checked is the one
that is connected to, so that a name cannot change its mind in between.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType


class LineError(Exception):
    """The connection was not made; the subclass says why."""


class LineLate(LineError):
    """The total deadline passed."""


class UnknownHost(LineError):
    """DNS does not resolve the host."""


class PrivateAddress(LineError):
    """The host resolves to a private address, which the caller does not allow."""


class CourtPortal(LineError):
    """The host is the judiciary's, whose data no program may gather (Ley 20.886, art. 2 c)."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Rastro no consulta los sitios del Poder Judicial ({host}): la Ley 20.886, art. 2 c, "
            "prohíbe leer sus datos en lote."
        )


#: The domains of the judiciary: its portal, its virtual office and all else below them.
COURT_DOMAINS = ("pjud.cl", "poderjudicial.cl")


def is_court_host(host: str) -> bool:
    """Whether a name is one of the judiciary's machines, however it is written."""
    name = host.rstrip(".").lower()
    return any(name == domain or name.endswith(f".{domain}") for domain in COURT_DOMAINS)


class Line:
    """The one connection of a request: where it may go, and until when it is held."""

    def __init__(self, allow_private: bool, seconds: float) -> None:
        self.allow_private = allow_private
        self.ends = time.monotonic() + seconds
        self._watchdog: threading.Timer | None = None
        self._handle: socket.socket | None = None

    def __enter__(self) -> Line:
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
        if is_court_host(host):
            raise CourtPortal(host)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise UnknownHost(host) from None
        addresses = [str(item[4][0]) for item in found]
        if not self.allow_private:
            addresses = [address for address in addresses if is_public(address)]
        if not addresses:
            raise PrivateAddress(host)
        failure: OSError | None = None
        for address in addresses:
            left = self.ends - time.monotonic()
            if left <= 0:
                raise LineLate(host)
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


#: IPv6 networks whose last four bytes are an IPv4 address that a gateway or this machine talks to:
#: IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052), local NAT64 (RFC 8215).
_CARRIES_IPV4 = tuple(
    map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"))
)

#: What Python takes for public: site-local (RFC 3879), and segment routing's own (RFC 9602).
_NOT_OF_THE_INTERNET = tuple(map(ipaddress.IPv6Network, ("fec0::/10", "5f00::/16")))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the Internet: not private, loopback, link-local or odd.

    An IPv6 address that carries one of IPv4 is as public as the latter. Python's ``ipaddress``
    knows three of these forms; the others are listed here.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in _NOT_OF_THE_INTERNET):
            return False
        ip = _carried(ip) or ip
    return ip.is_global and not ip.is_multicast


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(ip in network for network in _CARRIES_IPV4):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
