"""What becomes of each row of a buffet's list."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.labels import Labelled
from app.core.text import clean_text, fold
from app.oficios.rules.field_readers import Dato
from app.planillas.rules.proposals import Propuesta
from app.planillas.rules.repeats import (
    CasoConocido,
    Eleccion,
    Elegido,
    Repeticion,
    find_repeat,
    judge_repeat,
)
from app.planillas.rules.row_parts import is_whole
from app.planillas.rules.rows import FilaLeida

#: Keys among the corrections: a hidden row that a person asks for, a row that they leave out.
INCLUIR = "incluir"
SALTAR = "saltar"
#: And, before the number of its vehicle: a row that is a case or an order of its own although it
#: seems to belong to another one; a row that belongs to the one whose number follows.
SEPARAR = "separar_"
UNIR = "unir_"


class Resultado(Labelled):
    """The outcomes that the preview shows."""

    #: Its name on screen once the list is imported.
    label_done: str

    CREA = "crea", "Se crea", "ok", "Creado"
    EXISTE = "existe", "Ya existe", "neutral", "Ya existía"
    ADVERTENCIA = "advertencia", "Se crea con advertencias", "warn", "Creado con advertencias"
    ERROR = "error", "No se crea", "danger", "Quedó fuera"
    OCULTA = "oculta", "Oculta en la planilla", "neutral", "Oculta: no se importó"
    UNIDA = "unida", "Se une a otra fila", "neutral", "Unida a otra fila"
    SALTADA = "saltada", "Se salta", "neutral", "Saltada"

    ACTUALIZA = "actualiza", "Se actualiza", "ok", "Actualizado"

    DESHECHA = "deshecha", "Deshecha", "neutral", "Deshecho"

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
    #: A job writes its cases, takes them back, or gives them to another buffet.
    IMPORTANDO = "importando", "Importando"
    DESHACIENDO = "deshaciendo", "Deshaciendo"
    MOVIENDO = "moviendo", "Moviendo al otro buffet"

    @property
    def is_busy(self) -> bool:
        """Whether a job works on its cases, which nobody sees meanwhile."""
        return self in {
            EstadoImportacion.IMPORTANDO,
            EstadoImportacion.DESHACIENDO,
            EstadoImportacion.MOVIENDO,
        }


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
    #: Field to sentence: true of today alone, such as a deadline that has passed; not kept.
    reparos: Mapping[str, str] = field(default_factory=dict)
    #: Whether the spreadsheet hides it, as a filter does.
    oculta: bool = False
    #: Whether a person asked for it although it is hidden.
    incluida: bool = False
    #: Whether a person leaves it out.
    saltada: bool = False
    #: Which of the row's vehicles it is, and how many the row has.
    parte: int = 1
    partes: int = 1
    #: Further persons and addresses of the case, each by field as in ``datos``.
    otros: tuple[Mapping[str, Dato], ...] = ()
    #: What a text most likely means, by field.
    propuestas: Mapping[str, Propuesta] = field(default_factory=dict)
    #: The row whose case this one is part of; it makes none itself.
    unida_a: int | None = None
    #: The row of whose order it is another vehicle, or goes on with; its case is linked.
    del_oficio_de: int | None = None
    #: Whether a person separated it from that row.
    separada: bool = False
    #: The row that a person wants it to belong to, as written; empty where nobody does.
    unir_con: str = ""
    #: What a person wants of it where it repeats a case, and the case that it repeats.
    elegido: Elegido = field(default_factory=Elegido)
    repetida: Repeticion | None = None

    @property
    def clave(self) -> str:
        """What tells it from every other one of the list."""
        return str(self.numero_fila) if self.parte == 1 else f"{self.numero_fila}.{self.parte}"

    def texto(self, campo: str) -> str:
        """Return what counts as written in a field: the correction where there is one."""
        return self.corregidos.get(campo, self.valores.get(campo, ""))


def number_key(numero: str) -> str:
    """Return a número de oficio for comparing: case, accents and spaces do not tell two apart."""
    return re.sub(r"\s", "", fold(clean_text(numero)))


def order_key(fila: FilaOficio) -> str:
    """Return the número de oficio of a row for comparing; empty where it has none."""
    return number_key(str(fila.datos.get("numero_oficio", "")))


def classify_oficios(
    filas: Iterable[FilaOficio],
    existentes: Collection[tuple[str, str]],
    casos: Collection[CasoConocido] = (),
    buffet_id: int = 0,
) -> list[FilaOficio]:
    """Return the rows with their outcome, in the same order; hidden ones only if asked for.

    ``existentes`` are number and plate of the buffet's oficios, the number in any spelling. A row
    that repeats an earlier one in full counts as existing, for the earlier one makes the oficio.
    Several vehicles of one order make linked cases; a row that gives the same number to another
    order is an error, because one of the two numbers is a slip and nobody but a person can tell
    which. That conflict is reported also where the number is in the database, so that importing
    the same list again says the same about it.

    ``casos`` are those of the rows' plates, of any buffet, and ``buffet_id`` whose list it is: what
    repeats one of them is left out unless a person chose otherwise.
    """
    of_plate: dict[str, list[CasoConocido]] = {}
    for caso in casos:
        of_plate.setdefault(caso.patente, []).append(caso)
    known: dict[str, set[str]] = {}
    for numero, patente in existentes:
        known.setdefault(number_key(numero), set()).add(patente)
    first_with: dict[str, FilaOficio] = {}
    cars: dict[tuple[str, str], FilaOficio] = {}
    classified = []
    for fila in filas:
        if fila.saltada:
            motivo = "Usted la dejó fuera."
            classified.append(replace(fila, resultado=Resultado.SALTADA, motivo=motivo))
            continue
        if fila.oculta and not fila.incluida:
            motivo = "La planilla oculta esta fila: no se importa si usted no la marca."
            classified.append(replace(fila, resultado=Resultado.OCULTA, motivo=motivo))
            continue
        if fila.unida_a is not None:
            motivo = f"Es del caso de la fila {fila.unida_a}: lo que agrega queda en él."
            classified.append(replace(fila, resultado=Resultado.UNIDA, motivo=motivo))
            continue
        clave = order_key(fila)
        patente = str(fila.datos.get("patente", ""))
        first = first_with.setdefault(clave, fila) if clave else fila
        twin = cars.setdefault((clave, patente), fila) if clave and patente else fila
        if twin is not fila and _same(twin, fila):
            motivo = f"Repite la fila {twin.numero_fila}: el oficio se crea una sola vez."
            fila = replace(fila, resultado=Resultado.EXISTE, motivo=motivo)
        elif twin is not fila or (first is not fila and not _one_order(first, fila)):
            other = twin if twin is not fila else first
            sentence = (
                f"El número {fila.datos['numero_oficio']} ya está en la fila {other.numero_fila} "
                "con otros datos. Corrija el número de una de las dos filas."
            )
            errores = {**fila.errores, "numero_oficio": sentence}
            fila = replace(fila, errores=errores, resultado=Resultado.ERROR)
        elif clave and clave in known and (not patente or patente in known[clave]):
            repetida = _repeat_of(fila, of_plate, buffet_id, is_taken=True)
            if not fila.errores and repetida and _is_updated(fila, repetida):
                fila = _updating(fila, repetida)
            else:
                motivo = "Ya hay un oficio con este número; no se crea de nuevo."
                fila = replace(fila, resultado=Resultado.EXISTE, motivo=motivo, repetida=repetida)
        elif fila.errores:
            fila = replace(fila, resultado=Resultado.ERROR)
        elif repetida := _repeat_of(fila, of_plate, buffet_id, is_taken=False):
            if _is_updated(fila, repetida):
                fila = _updating(fila, repetida)
            elif fila.elegido.eleccion is Eleccion.NUEVO:
                fila = _linked(fila, first, is_known=clave in known)
                outcome = Resultado.ADVERTENCIA if fila.advertencias else Resultado.CREA
                fila = replace(fila, resultado=outcome, repetida=repetida)
            else:
                fila = replace(
                    fila, resultado=Resultado.SALTADA, motivo=_LEFT_OUT, repetida=repetida
                )
        else:
            fila = _linked(fila, first, is_known=clave in known)
            outcome = Resultado.ADVERTENCIA if fila.advertencias else Resultado.CREA
            fila = replace(fila, resultado=outcome)
        classified.append(fila)
    return classified


#: Says nothing of what it repeats: the sender of the list reads it, too.
_LEFT_OUT = "Quedó fuera en la revisión."


def _repeat_of(
    fila: FilaOficio, of_plate: Mapping[str, list[CasoConocido]], buffet_id: int, *, is_taken: bool
) -> Repeticion | None:
    found = find_repeat(fila.datos, of_plate.get(str(fila.datos.get("patente")), ()), buffet_id)
    if found is None:
        return None
    return judge_repeat(*found, fila.elegido, buffet_id=buffet_id, is_taken=is_taken)


def _is_updated(fila: FilaOficio, repetida: Repeticion) -> bool:
    return fila.elegido.eleccion is Eleccion.ACTUALIZAR and not repetida.reparo


def _updating(fila: FilaOficio, repetida: Repeticion) -> FilaOficio:
    motivo = f"Cambia {len(fila.elegido.campos)} datos de un caso que ya estaba."
    if len(fila.elegido.campos) == 1:
        motivo = "Cambia 1 dato de un caso que ya estaba."
    return replace(fila, resultado=Resultado.ACTUALIZA, motivo=motivo, repetida=repetida)


def _linked(fila: FilaOficio, first: FilaOficio, *, is_known: bool) -> FilaOficio:
    """Say of a further vehicle of an order which case it is linked with."""
    if is_known:
        sentence = (
            "Ya hay un oficio con este número y otra patente: los casos quedan enlazados. "
            "Revise que sea el mismo oficio."
        )
        return replace(fila, advertencias={**fila.advertencias, "numero_oficio": sentence})
    if first is fila:
        return fila
    where = f"la fila {first.numero_fila}" if first.numero_fila != fila.numero_fila else "esta fila"
    return replace(
        fila,
        motivo=f"Otro vehículo del oficio de {where}: los casos quedan enlazados.",
        del_oficio_de=first.numero_fila,
    )


def _one_order(one: FilaOficio, other: FilaOficio) -> bool:
    """Whether two rows of one number and of different plates can be of one order.

    Rastro's own export says so, or whoever joined them. Else, with a rol on both, it decides;
    without, neither the court, the parties nor the person may differ.
    """
    if "patente" not in one.datos or "patente" not in other.datos:
        return False
    if is_whole(one.valores) and is_whole(other.valores):
        return True
    orders = {fila.del_oficio_de or fila.numero_fila for fila in (one, other)}
    if (one.unir_con or other.unir_con) and len(orders) == 1:
        return True
    if "rol" in one.datos and "rol" in other.datos:
        return one.datos["rol"] == other.datos["rol"]
    names = ("tribunal", "caratulado", "fecha_oficio", "propietario_rut", "propietario_nombre")
    return all(
        one.datos[name] == other.datos[name]
        for name in names
        if name in one.datos and name in other.datos
    )


def _same(one: FilaOficio, other: FilaOficio) -> bool:
    """Tell whether two rows say the same, as they stand or as the file had them.

    The second way keeps a repeated row repeated when only its twin was corrected on screen.
    """
    if not other.corregidos and one.valores == other.valores:
        return True
    campos = {*one.valores, *one.corregidos, *other.valores, *other.corregidos}
    return all(fold(one.texto(campo)) == fold(other.texto(campo)) for campo in campos)
