"""Items of the tray for tests, and the files that come in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.bandeja.rules import ViaIngreso
from app.bandeja.service.receiving import Procedencia, receive
from app.buffets.models import Buffet
from app.core.clock import utcnow
from tests.planillas.listados import make_list

LIST = make_list(
    ("9001", "BBCL21", "1° Juzgado Civil de Santiago", "Ñuñoa"),
    ("9002", "BBCL22", "2° Juzgado Civil de Santiago", "Maipú"),
)


def make_item(
    app: Flask, buffet: Buffet | None, data: bytes = LIST, nombre: str = "lista.csv"
) -> int:
    """An item that a buffet sent; it is read when the jobs are done."""
    with app.app_context():
        received = receive(
            nombre,
            io.BytesIO(data),
            Procedencia(ViaIngreso.PORTAL, buffet_id=buffet.id if buffet else None),
            now=utcnow(),
            max_bytes=50_000_000,
        )
    assert received.ingreso_id is not None, received.problema
    return received.ingreso_id


def make_zip(files: Mapping[str, bytes]) -> bytes:
    """A package of some files, the same bytes whenever it is made: tests are named by them."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as target:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (2026, 11, 27, 10, 0, 0))
            target.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return package.getvalue()


def make_mail(
    *attachments: tuple[str, bytes],
    sender: str = "ana@estudio.example",
    message_id: str = "<uno@estudio.example>",
    results: str = "",
    body: str = "Van las órdenes.",
    page: str = "",
) -> bytes:
    """A mail as a server keeps it."""
    message = EmailMessage()
    message["From"] = f"Ana Rojas <{sender}>"
    message["To"] = "ordenes@oficina.example"
    message["Subject"] = "Órdenes de noviembre"
    message["Date"] = "Fri, 27 Nov 2026 10:00:00 -0300"
    if message_id:
        message["Message-ID"] = message_id
    if results:
        message["Authentication-Results"] = results
    message.set_content(body)
    if page:
        message.add_alternative(page, subtype="html", charset="iso-8859-1")
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def drop(
    client: FlaskClient, address: str, *files: tuple[str, bytes], **fields: Any
) -> TestResponse:
    """Drop files as a browser does."""
    return client.post(
        address,
        data={**fields, "archivos": [(io.BytesIO(data), name) for name, data in files]},
        content_type="multipart/form-data",
    )
