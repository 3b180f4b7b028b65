"""Asking a provider over HTTP with the holes of requests closed.

A redirect is not followed, since the API key would travel with it. The deadline is total:
requests' timeout is per read, so that a server which sends a byte now and then would hold a
worker for ever. Only so many bytes are read. Private addresses are refused unless the
configuration allows them, and the address that was checked is the one that is connected to, so
that a name cannot change its mind in between. Proxies and ``.netrc`` of the environment are not
used. No exception carries the address or a header of the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.consultas.outside.interface import ProviderError
from app.core.outgoing_http import CourtPortal, Line, LineLate, PrivateAddress, UnknownHost

if TYPE_CHECKING:
    import requests

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
    import requests  # for who asks: see line_adapter
    from urllib3.exceptions import HTTPError

    from app.core.line_adapter import open_session

    line = Line(allow_private, seconds)
    sent = {
        "Accept": "application/json",
        # Compressed bytes could be a bomb, and the hash is to be of what a person can read.
        "Accept-Encoding": "identity",
        "User-Agent": "Rastro",
        **headers,
    }
    try:
        with (
            line,
            open_session(line) as session,
            session.get(
                url, headers=sent, allow_redirects=False, stream=True, timeout=seconds
            ) as response,
        ):
            answer = HttpAnswer(response.status_code, response.headers, _read(response))
    except CourtPortal as error:
        raise ProviderError(f"{error} Revise PROVIDER_API_URL.", retry=False) from None
    except UnknownHost:
        raise ProviderError(
            "No se encontró el servidor del proveedor de pórticos. Revise PROVIDER_API_URL."
        ) from None
    except PrivateAddress:
        raise ProviderError(
            "La dirección del proveedor de pórticos está en una red privada y no está "
            "permitida. Revise PROVIDER_API_URL o PROVIDER_ALLOW_PRIVATE.",
            retry=False,
        ) from None
    except LineLate:
        raise ProviderError(_LATE) from None
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
