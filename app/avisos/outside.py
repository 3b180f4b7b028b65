"""Handing a message to a browser's push service."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.outgoing_http import CourtPortal, Line, LineLate, PrivateAddress, UnknownHost

#: Seconds that a service has to answer, all in all.
SECONDS = 10.0
#: The address comes from a browser: whoever sends one of this network would have it asked.
ALLOW_PRIVATE = False


class NotTaken(Exception):
    """The service was not reached, or may not be asked; ``is_final`` when it never will be."""

    def __init__(self, cause: str, *, is_final: bool = False) -> None:
        super().__init__(cause)
        self.is_final = is_final


def push(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """Hand it over once; the HTTP status, and what the service says of when to try again.

    Raises:
        NotTaken: no connection, no answer in time, or an address that may not be asked.
    """
    import requests  # for who asks: see line_adapter
    from urllib3.exceptions import HTTPError

    from app.core.line_adapter import open_session

    line = Line(ALLOW_PRIVATE, SECONDS)
    try:
        with (
            line,
            open_session(line) as session,
            session.post(
                url,
                data=body,
                headers=dict(headers),
                allow_redirects=False,
                stream=True,
                timeout=SECONDS,
            ) as response,
        ):
            return response.status_code, response.headers.get("Retry-After", "")
    except CourtPortal as error:
        raise NotTaken(str(error), is_final=True) from None
    except PrivateAddress:
        raise NotTaken("El servicio de avisos está en una red privada.", is_final=True) from None
    except UnknownHost:
        raise NotTaken("No se encontró el servicio de avisos del navegador.") from None
    except (LineLate, requests.Timeout):
        raise NotTaken("El servicio de avisos no respondió a tiempo.") from None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise NotTaken("No se pudo conectar con el servicio de avisos.") from None
