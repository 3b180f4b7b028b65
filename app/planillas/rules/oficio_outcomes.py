"""What becomes of each row of a buffet's list."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.labels import Labelled
from app.core.text import clean_text, fold
from app.oficios.rules.field_readers import Dato
from app.planillas.rules.rows import FilaLeida

#: Key among the corrections that marks a hidden row as requested by a person.
INCLUIR = "incluir"


class Resultado(Labelled):
    """The outcomes that the preview shows."""

    #: Its name on screen once the list is imported.
    label_done: str

    CREA = "crea", "Se crea", "ok", "Creado"
    EXISTE = "existe", "Ya existe", "neutral", "Ya existía"
    ADVERTENCIA = "advertencia", "Se crea con advertencias", "warn", "Creado con advertencias"
    ERROR = "error", "No se puede leer", "danger", "Quedó fuera"
    OCULTA = "oculta", "Oculta en la planilla", "neutral", "Oculta: no se importó"

    def __init__(self, value: Any, label: str = "", tone: str = "", label_done: str = "") -> None:
        super().__init__(value, label, tone)
        self.label_done = label_done

    @property
    def is_imported(self) -> bool:
        """Whether the import makes an oficio of such a row."""
        return self in {Resultado.CREA, Resultado.ADVERTENCIA}


class EstadoImportacion(Labelled):
    """Where an uploaded list stands."""

    BORRADOR = "borrador", "Por importar"
    IMPORTADA = "importada", "Importada"
    DESCARTADA = "descartada", "Descartada"


@dataclass(frozen=True)
class FilaOficio(FilaLeida[Resultado]):
    """A row of a buffet's list: what it says, what that means, and what is wrong with it."""

    #: Field to text that a person typed over it.
    corregidos: Mapping[str, str] = field(default_factory=dict)
    #: Field to value, only of what could be read; also ``patente_dv`` and a deduced ``region``.
    datos: Mapping[str, Dato] = field(default_factory=dict)
    #: Field to sentence: keeps the row out until it is corrected.
    errores: Mapping[str, str] = field(default_factory=dict)
    #: Field to sentence: the row goes in and is flagged.
    advertencias: Mapping[str, str] = field(default_factory=dict)
    #: Whether the spreadsheet hides it, as a filter does.
    oculta: bool = False
    #: Whether a person asked for it although it is hidden.
    incluida: bool = False

    def texto(self, campo: str) -> str:
        """Return what counts as written in a field: the correction where there is one."""
        return self.corregidos.get(campo, self.valores.get(campo, ""))


def number_key(numero: str) -> str:
    """Return a número de oficio for comparing: case, accents and spaces do not tell two apart."""
    return re.sub(r"\s", "", fold(clean_text(numero)))


def classify_oficios(filas: Iterable[FilaOficio], existentes: Collection[str]) -> list[FilaOficio]:
    """Return the rows with their outcome, in the same order; hidden ones only if asked for.

    ``existentes`` are the numbers that the buffet's oficios already have, in any spelling. A row
    that repeats an earlier one in full counts as existing, for the earlier one makes the oficio; a
    row that gives the same number to other data is an error, because one of the two numbers is a
    slip and nobody but a person can tell which. That conflict is reported also where the number is
    in the database, so that importing the same list again says the same about it.
    """
    known = {number_key(numero) for numero in existentes}
    first_with: dict[str, FilaOficio] = {}
    classified = []
    for fila in filas:
        if fila.oculta and not fila.incluida:
            motivo = "La planilla oculta esta fila: no se importa si usted no la marca."
            classified.append(replace(fila, resultado=Resultado.OCULTA, motivo=motivo))
            continue
        clave = number_key(str(fila.datos.get("numero_oficio", "")))
        first = first_with.setdefault(clave, fila) if clave else fila
        if first is not fila and not _same(first, fila):
            sentence = (
                f"El número {fila.datos['numero_oficio']} ya está en la fila {first.numero_fila} "
                "con otros datos. Corrija el número de una de las dos filas."
            )
            errores = {**fila.errores, "numero_oficio": sentence}
            fila = replace(fila, errores=errores, resultado=Resultado.ERROR)
        elif first is not fila:
            motivo = f"Repite la fila {first.numero_fila}: el oficio se crea una sola vez."
            fila = replace(fila, resultado=Resultado.EXISTE, motivo=motivo)
        elif clave and clave in known:
            motivo = "Ya hay un oficio con este número; no se crea de nuevo."
            fila = replace(fila, resultado=Resultado.EXISTE, motivo=motivo)
        elif fila.errores:
            fila = replace(fila, resultado=Resultado.ERROR)
        elif fila.advertencias:
            fila = replace(fila, resultado=Resultado.ADVERTENCIA)
        else:
            fila = replace(fila, resultado=Resultado.CREA)
        classified.append(fila)
    return classified


def _same(one: FilaOficio, other: FilaOficio) -> bool:
    """Tell whether two rows say the same, as they stand or as the file had them.

    The second way keeps a repeated row repeated when only its twin was corrected on screen.
    """
    if not other.corregidos and one.valores == other.valores:
        return True
    campos = {*one.valores, *one.corregidos, *other.valores, *other.corregidos}
    return all(fold(one.texto(campo)) == fold(other.texto(campo)) for campo in campos)
