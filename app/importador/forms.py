"""The upload, and what a person changes of its reading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectChoice, SelectField
from wtforms.validators import StopValidation

from app.buffets.queries import list_active_buffets
from app.core.texto import clean_text
from app.importador.campos import ETIQUETAS
from app.importador.lectura import Lectura
from app.importador.libro import MAX_CELL
from app.importador.models import Importacion
from app.importador.rules import INCLUIR
from app.web.forms import Form

_CELL = re.compile(r"c-(\d{1,9})-([a-z_]+)")
_CHOOSE = "Elija el buffet que envió el listado."


class UploadForm(Form):
    """A list and the buffet that sent it."""

    buffet_id = SelectField("Buffet", validate_choice=False)
    planilla = FileField("Planilla", [FileRequired("Elija la planilla que va a importar.")])

    def __init__(self) -> None:
        super().__init__()
        buffets = list_active_buffets()
        self.buffet_id.choices = [
            SelectChoice("", "Elija un buffet…"),
            *(SelectChoice(str(buffet.id), buffet.nombre) for buffet in buffets),
        ]
        self._ids = {str(buffet.id) for buffet in buffets}

    def validate_buffet_id(self, field: SelectField) -> None:
        """One of the buffets that send oficios."""
        if field.data not in self._ids:
            raise StopValidation(_CHOOSE)


@dataclass(frozen=True)
class Review:
    """A draft's mapping (None: as guessed) and corrections, as a person wants them."""

    mapeo: dict[int, str] | None
    correcciones: dict[tuple[int, str], str]

    def changes(self, importacion: Importacion) -> bool:
        """Whether it differs from what the draft has."""
        return (self.mapeo, self.correcciones) != (
            importacion.mapeo_columnas,
            importacion.correcciones_por_celda,
        )


def read_review(values: Mapping[str, str], importacion: Importacion, lectura: Lectura) -> Review:
    """Take the selects and inputs of the preview; what it does not show stays as it is.

    A cell that says what the file says is no correction. A field that moves to another column
    loses its corrections: they were made over other cells.
    """
    shown = [f"m-{columna.indice}" in values for columna in lectura.columnas]
    chosen = {
        columna.indice: campo
        for columna in lectura.columnas
        if (campo := values.get(f"m-{columna.indice}", ""))
    }
    is_moved = all(shown) and chosen != lectura.mapeo
    moved = {campo for _, campo in chosen.items() ^ lectura.mapeo.items()} if is_moved else set()
    correcciones = dict(importacion.correcciones_por_celda)
    originals = {fila.numero_fila: fila.valores for fila in lectura.filas}
    for name, value in values.items():
        match = _CELL.fullmatch(name)
        if match is None:
            continue
        fila, campo = int(match[1]), match[2]
        if fila not in originals or campo not in ETIQUETAS:
            continue
        is_long = campo == "notas"
        text = clean_text(value, multiline=is_long)[:MAX_CELL]
        if text == clean_text(originals[fila].get(campo, ""), multiline=is_long):
            correcciones.pop((fila, campo), None)
        else:
            correcciones[fila, campo] = text
    _choose_hidden(values, lectura, correcciones)
    return Review(
        mapeo=chosen if is_moved else importacion.mapeo_columnas,
        correcciones={cell: text for cell, text in correcciones.items() if cell[1] not in moved},
    )


def _choose_hidden(
    values: Mapping[str, str], lectura: Lectura, correcciones: dict[tuple[int, str], str]
) -> None:
    """Take which hidden rows are asked for: ticked one by one, or all or none by a button."""
    every = values.get("ocultas", "")
    for fila in lectura.filas:
        if not fila.oculta:
            continue
        if every in {"todas", "ninguna"}:
            is_asked = every == "todas"
        elif f"h-{fila.numero_fila}" in values:
            is_asked = f"o-{fila.numero_fila}" in values
        else:
            continue
        if is_asked:
            correcciones[fila.numero_fila, INCLUIR] = "1"
        else:
            correcciones.pop((fila.numero_fila, INCLUIR), None)
