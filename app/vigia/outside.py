"""Speaking syslog over TLS (RFC 5425) to the machine that ``AUDIT_SYSLOG_URL`` names."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from app.core.errors import RastroError
from app.extensions import current_config

PORT = 6514
#: For each step of a conversation.
_SECONDS = 15


class LogTargetDown(RastroError):
    """The other machine was not reached, or is not the one that its certificate should name."""

    def __init__(self, where: str, cause: OSError) -> None:
        super().__init__(f"No se pudo enviar la auditoría a {where}: {cause}")


def target_name() -> str:
    """The machine and its port; empty: none is configured."""
    parts = urlsplit(current_config().audit_syslog_url)
    return f"{parts.hostname}:{parts.port or PORT}" if parts.hostname else ""


def send_lines(lines: Sequence[bytes]) -> None:
    """Hand messages over. The protocol has no receipt: only a broken line says that it failed.

    Raises:
        LogTargetDown: nothing is known to have arrived; all of it may be sent again.
    """
    config = current_config()
    parts = urlsplit(config.audit_syslog_url)
    host = parts.hostname or ""
    try:
        context = ssl.create_default_context(cafile=config.audit_syslog_ca or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with (
            socket.create_connection((host, parts.port or PORT), timeout=_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            secure.sendall(b"".join(lines))
            with suppress(OSError):
                # Its end in order, for who answers to that: then it has read all.
                secure.unwrap()
    except OSError as error:
        raise LogTargetDown(target_name(), error) from None
