"""Lists of crossings for tests. No vehicle or person in them is real."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Flask

from app.avistamientos.models import Listado
from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.layout import Lectura
from app.planillas.rules.paso_fields import LAYOUT
from app.planillas.rules.paso_rows import FilaPaso, read_pasos
from app.planillas.rules.rows import Review
from app.planillas.service.drafts import import_draft
from app.planillas.service.import_pasos import PASOS, create_listado
from app.usuarios.models import Usuario

HEADER = ("Patente", "Fecha", "Hora", "Pórtico", "Tramo", "Concesionaria", "Tarifa")
ROW = ("BBCL12", "20-11-2026", "07:51:09", "P5", "Carrascal – Vivaceta", "Costanera Norte", "$740")


def make_csv(*rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    """A CSV as a concessionaire sends it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue().encode()


def read(contenido: bytes, patente: str = "BBCL12", **review: Any) -> Lectura[FilaPaso]:
    """The rows of a list, as the preview reads them."""
    planilla = open_planilla(contenido, "pasos.csv", LAYOUT.guess)
    return read_pasos(planilla, Review(**review), patente=patente)


def make_listado(app: Flask, oficio: Oficio, actor: Usuario, contenido: bytes | None = None) -> int:
    """A list that was imported; returns its id."""
    contenido = contenido or make_csv(ROW)
    lectura = read(contenido)
    with app.app_context():
        with transaction():
            person = db.session.get_one(Usuario, actor.id)
            case = db.session.get_one(Oficio, oficio.id)
            listado = create_listado(
                case, nombre="pasos.csv", contenido=contenido, actor=person, now=utcnow()
            )
            pk = listado.id
        with transaction():
            person = db.session.get_one(Usuario, actor.id)
            draft = db.session.get_one(Listado, pk)
            import_draft(PASOS, draft, lectura, 1, actor=person, now=utcnow())
    return pk
