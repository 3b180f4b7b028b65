"""Asking a time-stamping authority (RFC 3161) over HTTP. Only a hash leaves the house."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.anclaje.outside.verificar_rastro import read_stamp
from app.core.errors import RastroError
from app.core.outgoing_http import Line, LineError, UnknownHost
from app.core.sandbox import Limits, ProgramFailed, run_limited
from app.extensions import current_config

#: For a whole answer.
_SECONDS = 20
#: An answer with its certificates has some kilobytes.
_MAX_BYTES = 64 * 1024
#: The program that the ZIP of an expediente brings along, which checks a signature here too.
VERIFIER = Path(__file__).with_name("verificar_rastro.py")
_LIMITS = Limits(seconds=60, cpu_seconds=20, memory=256 * 1024 * 1024)
# TimeStampReq of RFC 3161, 2.4.1, in DER: version 1, SHA-256, the imprint; then the nonce and that
# the certificates are wanted.
_HEAD = bytes.fromhex("0201013031300d060960864801650304020105000420")
_WANT_CERTIFICATES = bytes.fromhex("0101ff")


class StampFailed(RastroError):
    """The authority did not answer, refused, or answered something else; it may be asked again."""


@dataclass(frozen=True)
class GottenStamp:
    """An answer whose imprint, nonce and signature were looked at."""

    answer: bytes
    moment: datetime
    #: "" when this machine has no openssl to check it.
    signer: str


def list_authorities() -> dict[str, str]:
    """Name and address of each configured authority; the name says nothing secret."""
    return {authority_name(url): url for url in current_config().tsa_urls}


def authority_name(url: str) -> str:
    """How an authority is called: its host, and its port where that is unusual."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"


def ask_for_stamp(url: str, imprint: str) -> GottenStamp:
    """Have a SHA-256 (hex) stamped.

    Raises:
        StampFailed: in words for the office.
    """
    import requests  # for who asks: see line_adapter
    from urllib3.exceptions import HTTPError

    from app.core.line_adapter import open_session

    nonce = secrets.randbits(62) | 1 << 62
    # Who runs the machine chose the address, which may be one of the office's own network.
    line = Line(allow_private=True, seconds=_SECONDS)
    try:
        with (
            line,
            open_session(line) as session,
            session.post(
                url,
                data=make_query(imprint, nonce),
                headers={"Content-Type": "application/timestamp-query", "User-Agent": "Rastro"},
                timeout=_SECONDS,
                stream=True,
                allow_redirects=False,
            ) as response,
        ):
            if response.status_code != 200:
                raise StampFailed(f"El sello de tiempo contestó {response.status_code}.")
            answer = response.raw.read(_MAX_BYTES + 1, decode_content=True)
    except UnknownHost:
        raise StampFailed("No se encontró el servidor del sello de tiempo.") from None
    except (LineError, requests.RequestException, HTTPError, OSError, ValueError):
        raise StampFailed("El sello de tiempo no contesta.") from None
    return check_answer(answer, imprint, nonce)


def make_query(imprint: str, nonce: int) -> bytes:
    """The question: TimeStampReq in DER. ``nonce`` has 63 bits, so that its length is known."""
    number = nonce.to_bytes(8, "big")
    body = _HEAD + bytes.fromhex(imprint) + b"\x02\x08" + number + _WANT_CERTIFICATES
    return b"\x30" + bytes([len(body)]) + body


def check_answer(answer: bytes, imprint: str, nonce: int) -> GottenStamp:
    """Whether it is about what was asked, and signed.

    Raises:
        StampFailed: it is not.
    """
    if len(answer) > _MAX_BYTES:
        raise StampFailed("El sello de tiempo contestó algo demasiado grande.")
    try:
        stamp = read_stamp(answer)
    except ValueError as error:
        raise StampFailed(f"El sello de tiempo no dio un sello ({error}).") from None
    if stamp.imprint != imprint or stamp.nonce != nonce:
        raise StampFailed("El sello de tiempo contestó sobre otra cosa que la que se le preguntó.")
    signer, flaw = _judge_signature(answer, imprint)
    if flaw:
        raise StampFailed(f"El sello de tiempo no vale: {flaw}.")
    return GottenStamp(answer, stamp.moment, signer)


def find_flaw(answer: bytes, imprint: str, *, with_signature: bool) -> str | None:
    """What is wrong with a stored answer about that hash, in words; None when nothing is."""
    try:
        stamp = read_stamp(answer)
        if stamp.imprint != imprint:
            return "es de otra raíz"
    except ValueError:
        return "no se puede leer"
    return _judge_signature(answer, imprint)[1] if with_signature else None


def _judge_signature(answer: bytes, imprint: str) -> tuple[str, str | None]:
    """Who signed, and what is wrong with it; ("", None) where there is no openssl to tell."""
    try:
        told = run_limited(
            VERIFIER,
            *("--sello", imprint, "--ca", current_config().tsa_ca),
            limits=_LIMITS,
            content=answer,
        )
    except ProgramFailed:
        return "", "no se pudo comprobar su firma"
    judged: dict[str, str] = json.loads(told)
    return judged.get("firmante", ""), judged.get("error")
