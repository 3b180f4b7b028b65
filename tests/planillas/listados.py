"""Lists for tests: small ones made on the spot, and the two samples. Nobody in them is real."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.runner import work
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.layout import Lectura
from app.planillas.rules.oficio_fields import LAYOUT
from app.planillas.rules.oficio_outcomes import FilaOficio
from app.planillas.rules.oficio_rows import read_oficios
from app.planillas.rules.rows import Review
from app.planillas.service.import_oficios import create_importacion
from app.usuarios.models import Usuario

DATA = Path(__file__).parents[1] / "data"
HEADER = ("N° Oficio", "Patente", "Tribunal", "Comuna")


def make_list(*rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    """A CSV as a buffet sends it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue().encode()


GOOD = ("OF-1", "BBCL12", "1º Juzgado Civil de Santiago", "Ñuñoa")
BROKEN = ("OF-2", "NO TIENE", "1º Juzgado Civil de Santiago", "Ñuñoa")


def read_list(contenido: bytes, nombre: str, *, today: date, **review: Any) -> Lectura[FilaOficio]:
    """The rows of a list, as the preview reads them."""
    planilla = open_planilla(contenido, nombre, LAYOUT.guess)
    return read_oficios(planilla, Review(**review), today=today)


def make_importacion(app: Flask, buffet: Buffet, actor: Usuario, **values: Any) -> int:
    """A draft of two rows: one good, one without a readable plate."""
    with app.app_context(), transaction():
        return create_importacion(
            **{
                "buffet_id": buffet.id,
                "nombre": "listado.csv",
                "contenido": make_list(GOOD, BROKEN),
                "mapeo": None,
                "actor": db.session.get_one(Usuario, actor.id),
                "now": utcnow(),
                **values,
            }
        ).id


def upload(
    client: FlaskClient,
    buffet: Buffet | None,
    contenido: bytes,
    nombre: str = "listado.csv",
    **options: Any,
) -> TestResponse:
    """Send the form of the first page."""
    values = {
        "buffet_id": str(buffet.id) if buffet else "",
        "planilla": FileStorage(io.BytesIO(contenido), nombre),
    }
    # Encoded here in memory: the client would leave the temporary file of a big upload open.
    boundary, body = encode_multipart(values)
    content_type = f'multipart/form-data; boundary="{boundary}"'
    return client.post("/importar", data=body, content_type=content_type, **options)


def upload_sample(client: FlaskClient, buffet: Buffet, nombre: str) -> str:
    """Upload a sample; the address of its preview."""
    response = upload(client, buffet, (DATA / nombre).read_bytes(), nombre)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def read_counts(text: str) -> tuple[int, ...]:
    """The four numbers over the rows: created, with warnings, existing, refused."""
    block = text.partition('class="stats"')[2].partition("</ul>")[0]
    return tuple(int(number) for number in re.findall(r"<b>(\d+)</b>", block))


def press_import(client: FlaskClient, url: str, **options: Any) -> TestResponse:
    """Press *Importar* on the preview as it now stands."""
    version = re.search(r'name="version" value="(\d+)"', client.get(url).text)
    assert version, "there is nothing to import on this page"
    answer = client.post(f"{url}/importar", data={"version": version[1]}, **options)
    do_jobs(client.application)
    return answer


def do_jobs(app: Flask) -> None:
    """Do what waits in the ledger, as the consumer would."""
    with app.app_context():
        work("prueba")
