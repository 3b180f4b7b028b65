"""Handing a message to a webhook over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.outgoing_http import CourtPortal, Line, LineLate, PrivateAddress, UnknownHost

#: Seconds that a receiver has to answer, all in all.
SECONDS = 10.0


class NotDelivered(Exception):
    """Why delivery failed; ``is_final`` when a retry cannot help."""

    def __init__(self, cause: str, *, is_final: bool = False) -> None:
        super().__init__(cause)
        self.is_final = is_final


def post(url: str, body: str, headers: Mapping[str, str], *, allow_private: bool) -> int:
    """Send JSON once and return the HTTP status of the answer, whose body nobody reads.

    A redirect is not followed, since the signature would travel with it.

    Raises:
        NotDelivered: no connection, no answer in time, or a forbidden address.
    """
    import requests  # for who asks: see line_adapter
    from urllib3.exceptions import HTTPError

    from app.core.line_adapter import open_session

    line = Line(allow_private, SECONDS)
    sent = {"Content-Type": "application/json", "User-Agent": "Rastro", **headers}
    try:
        with (
            line,
            open_session(line) as session,
            session.post(
                url,
                data=body.encode(),
                headers=sent,
                allow_redirects=False,
                stream=True,
                timeout=SECONDS,
            ) as response,
        ):
            return response.status_code
    except CourtPortal as error:
        raise NotDelivered(str(error), is_final=True) from None
    except UnknownHost:
        raise NotDelivered("No se encontró el servidor. Revise la dirección.") from None
    except PrivateAddress:
        raise NotDelivered(
            "La dirección está en una red privada, y no está permitida.", is_final=True
        ) from None
    except (LineLate, requests.Timeout):
        raise NotDelivered("El servidor no respondió a tiempo.") from None
    except requests.exceptions.SSLError:
        raise NotDelivered("El certificado del servidor no es válido.") from None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise NotDelivered("No se pudo conectar con el servidor.") from None
