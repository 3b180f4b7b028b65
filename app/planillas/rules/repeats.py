"""Whether a row repeats a case that is there, what may become of it, and what it would change."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from app.core.text import clean_text, fold
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos
from app.oficios.rules.field_readers import Dato

#: Key among the corrections of what becomes of a repeated row, before the number of its vehicle.
REPETIDA = "repetida_"
#: Most characters of the notes once a row's are added to them.
_LONGEST_NOTES = 5_000
#: What no list changes of a case: they say which case it is.
_NAMING = frozenset({"numero_oficio", "patente"})


class Repite(enum.Enum):
    """What a row has in common with a case; the surest first."""

    NUMERO = "Mismo número y patente que un caso de este buffet"
    ROL = "Misma patente y rol que otro caso"
    PATENTE = "La patente está en otro caso abierto"


class Eleccion(enum.Enum):
    """What a person wants of a repeated row."""

    SALTAR = "saltar"
    NUEVO = "nuevo"
    ACTUALIZAR = "actualizar"


@dataclass(frozen=True)
class CasoConocido:
    """As much of a case that is there as tells whether a row repeats it."""

    oficio_id: int
    buffet_id: int
    numero: str
    rol: str | None
    patente: str
    abierto: bool
    version: int
    #: Whether whoever reviews the list may see it.
    visible: bool = True
    #: What it knows of its vehicle, by field.
    vehiculo: Mapping[str, Dato | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Elegido:
    """What was chosen for a row; of an update also the case as it was seen, and the fields."""

    eleccion: Eleccion = Eleccion.SALTAR
    oficio_id: int = 0
    version: int = 0
    campos: tuple[str, ...] = ()

    @property
    def texto(self) -> str:
        """As the draft keeps it; empty for what needs no keeping."""
        if self.eleccion is Eleccion.SALTAR:
            return ""
        if self.eleccion is Eleccion.NUEVO:
            return self.eleccion.value
        fields = ",".join(self.campos)
        return f"{self.eleccion.value}:{self.oficio_id}:{self.version}:{fields}"


@dataclass(frozen=True)
class Repeticion:
    """That a row repeats a case, and what may become of the row."""

    repite: Repite
    caso: CasoConocido
    #: Why it cannot make a case of its own; empty where it can.
    sin_nuevo: str = ""
    #: Why it cannot change the case; empty where it can.
    sin_actualizar: str = ""
    #: Why what was chosen does not happen; empty where it does.
    reparo: str = ""

    @property
    def label(self) -> str:
        """What whoever reviews the list is told of it."""
        return (
            self.repite.value if self.caso.visible else "La patente está en otro caso de la oficina"
        )


@dataclass(frozen=True)
class CampoCambiado:
    """A field of a case that a row would change: what it says now, and then."""

    campo: str
    ahora: Dato | None
    despues: Dato


@dataclass(frozen=True)
class Hechos:
    """What a case says, by field; its addresses as street and comuna."""

    valores: Mapping[str, Dato | None] = field(default_factory=dict)
    direcciones: tuple[tuple[str, str | None], ...] = ()


def loose_key(numero: str) -> str:
    """A número de oficio for comparing: leading zeros, dashes, spaces and case do not count."""
    signs = re.findall(r"[a-z]+|[0-9]+", fold(clean_text(numero)))
    return "".join(sign.lstrip("0") or "0" if sign.isdigit() else sign for sign in signs)


def read_choice(texto: str) -> Elegido:
    """What a draft keeps of a choice; what cannot be read is the row left out."""
    if texto == Eleccion.NUEVO.value:
        return Elegido(Eleccion.NUEVO)
    match = re.fullmatch(r"actualizar:(\d{1,18}):(\d{1,9}):([a-z_,]*)", texto)
    if match is None:
        return Elegido()
    campos = tuple(name for name in match[3].split(",") if name in CAMPOS and name not in _NAMING)
    return Elegido(Eleccion.ACTUALIZAR, int(match[1]), int(match[2]), campos)


def find_repeat(
    datos: Mapping[str, Dato], casos: Iterable[CasoConocido], buffet_id: int
) -> tuple[Repite, CasoConocido] | None:
    """The case that a row repeats most surely; of equals one of the same buffet, then the newest.

    A case of the same number and another plate is another vehicle of its order, no repeat.
    """
    numero, rol = loose_key(str(datos.get("numero_oficio", ""))), fold(str(datos.get("rol", "")))
    order = tuple(Repite)
    found = []
    for caso in casos:
        if caso.patente != datos.get("patente"):
            continue
        is_own = caso.buffet_id == buffet_id
        if numero and is_own and loose_key(caso.numero) == numero:
            repite = Repite.NUMERO
        elif rol and caso.rol and fold(caso.rol) == rol:
            repite = Repite.ROL
        elif caso.abierto:
            repite = Repite.PATENTE
        else:
            continue
        found.append((order.index(repite), not is_own, -caso.oficio_id, repite, caso))
    if not found:
        return None
    *_, repite, caso = min(found, key=lambda one: one[:3])
    return repite, caso


def judge_repeat(
    repite: Repite, caso: CasoConocido, elegido: Elegido, *, buffet_id: int, is_taken: bool
) -> Repeticion:
    """What may become of a row that repeats a case, and whether what was chosen does.

    ``is_taken`` says that the buffet has a case of that very number and plate.
    """
    sin_nuevo = sin_actualizar = reparo = ""
    if is_taken:
        sin_nuevo = (
            "No se puede crear de nuevo: este buffet ya tiene un caso con ese número y esa patente."
        )
    if caso.buffet_id != buffet_id:
        sin_actualizar = "Es de otro buffet: este listado no lo cambia."
    if elegido.eleccion is Eleccion.NUEVO:
        reparo = sin_nuevo
    elif elegido.eleccion is Eleccion.ACTUALIZAR:
        if sin_actualizar:
            reparo = sin_actualizar
        elif (elegido.oficio_id, elegido.version) != (caso.oficio_id, caso.version):
            reparo = (
                "El caso cambió después de que usted eligió actualizarlo. Mírelo y elija otra vez."
            )
        elif not elegido.campos:
            reparo = "Marque al menos un campo para actualizar."
    return Repeticion(repite, caso, sin_nuevo, sin_actualizar, reparo)


def list_changes(datos: Mapping[str, Dato], hechos: Hechos) -> list[CampoCambiado]:
    """What a row says otherwise than its case, in the order of a form.

    What a row leaves empty changes nothing. Notes are added below those that are there, and an
    address beside those that are there. Only of the main person a row changes anything.
    """
    found = []
    is_main = datos.get("propietario_tipo", "principal") == "principal"
    for name, campo in CAMPOS.items():
        despues = datos.get(name)
        if name in _NAMING or despues is None or despues == "":
            continue
        if campo.grupo is GrupoDeCampos.PERSONA and not is_main:
            continue
        ahora = hechos.valores.get(name)
        if campo.grupo is GrupoDeCampos.DIRECCION:
            if name != "direccion" or _is_there(datos, hechos.direcciones):
                continue
            ahora = "; ".join(_place(*one) for one in hechos.direcciones) or None
            despues = f"Se agrega: {_place(str(despues), _text(datos.get('comuna')))}"
        elif name == "notas" and ahora:
            if str(despues) in str(ahora):
                continue
            despues = f"{ahora}\n{despues}"
            if len(despues) > _LONGEST_NOTES:
                continue
        if ahora != despues:
            found.append(CampoCambiado(name, ahora, despues))
    return found


def chosen_values(datos: Mapping[str, Dato], campos: Collection[str]) -> dict[str, Dato]:
    """What a row says in the fields that are to be changed; an address is one field."""
    names = set(campos)
    if "direccion" in names:
        names |= {"comuna", "region"}
    return {name: value for name, value in datos.items() if name in names}


def _is_there(datos: Mapping[str, Dato], direcciones: Collection[tuple[str, str | None]]) -> bool:
    street, comuna = fold(str(datos["direccion"])), fold(str(datos.get("comuna", "")))
    return any(
        fold(known) == street and (not comuna or fold(other or "") == comuna)
        for known, other in direcciones
    )


def _place(direccion: str, comuna: str | None) -> str:
    return ", ".join(filter(None, (direccion, comuna)))


def _text(value: Dato | None) -> str | None:
    return None if value is None else str(value)
