"""Lists of crossings for tests. No vehicle or person in them is real."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Flask

from app.avistamientos.models import Listado
from app.avistamientos.service.listados import create_listado, import_listado
from app.core.clock import utcnow
from app.db import db, transaction
from app.importador.archivo import open_planilla
from app.importador.pasos.campos import guess_crossing_columns
from app.importador.pasos.lectura import LecturaPasos, read_crossings
from app.oficios.models import Oficio
from app.usuarios.models import Usuario

HEADER = ("Patente", "Fecha", "Hora", "Pórtico", "Tramo", "Concesionaria", "Tarifa")
ROW = ("BBCL12", "20-11-2026", "07:51:09", "P5", "Carrascal – Vivaceta", "Costanera Norte", "$740")


def make_csv(*rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    """A CSV as a concessionaire sends it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue().encode()


def read(contenido: bytes, patente: str = "BBCL12", **options: Any) -> LecturaPasos:
    """The rows of a list, as the preview reads them."""
    planilla = open_planilla(contenido, "pasos.csv", guess=guess_crossing_columns)
    return read_crossings(planilla, patente, **options)


def make_listado(app: Flask, oficio: Oficio, actor: Usuario, contenido: bytes | None = None) -> int:
    """A list that was imported; returns its id."""
    contenido = contenido or make_csv(ROW)
    pasos = read(contenido).pasos
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
            import_listado(db.session.get_one(Listado, pk), pasos, 1, actor=person, now=utcnow())
    return pk
