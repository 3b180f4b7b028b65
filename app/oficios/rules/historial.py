"""What an entry says was changed, in the words of the screen and with personal data masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.dates import format_fecha, parse_fecha
from app.core.errors import InvalidValue
from app.core.patente import format_patente
from app.core.rut import mask_ruts
from app.direcciones.rules import TipoDireccion
from app.oficios.rules import (
    DATOS_MOSTRADOS,
    OTHER_COLUMNS,
    WRITTEN_KINDS,
    Prioridad,
    TipoPropietario,
)
from app.oficios.rules.addressed import split_mentions
from app.oficios.rules.campos import CAMPOS, column_of

if TYPE_CHECKING:
    from app.auditoria.models import Auditoria
    from app.oficios.models import Investigacion

#: Labels of columns on the page.
_NAMES = OTHER_COLUMNS | {column_of(name): campo.name for name, campo in CAMPOS.items()}
_MASKS = {column_of(name): campo.mask for name, campo in CAMPOS.items() if campo.mask}
_LABELS = {
    member.value: member.label
    for enum_class in (Prioridad, TipoPropietario, TipoDireccion)
    for member in enum_class
}
#: What the audit alone tells of a case, and how it is said; see ``list_changes`` for the rest.
_DEEDS = {
    DATOS_MOSTRADOS: "Pidió ver el RUT y los contactos de {quien}",
    "adjunto.orden": "Cambió el orden de los archivos",
    "adjunto.portada": "Eligió otra foto de portada",
    "adjunto.aprobado": "Mostró una foto al buffet",
    "adjunto.aprobacion_retirada": "Dejó de mostrar una foto al buffet",
    "adjunto.original_descargado": "Descargó el original de un archivo",
    "expediente.pedido": "Pidió un expediente",
    "expediente.descargado": "Descargó un expediente",
}


#: Where somebody asked for a person's data, in words.
_DOORS = {"editar": ", para editarlos", "api": ", por la API", "llamar": ", para llamar"}


@dataclass(frozen=True)
class Cambio:
    """A field that changed. ``despues`` is None when the thing itself is gone."""

    campo: str
    antes: str
    despues: str | None


def changes_of(entry: Investigacion) -> list[Cambio]:
    """What an entry says was changed: what a field held, and what it holds since."""
    before, after = entry.detalle.get("antes"), entry.detalle.get("despues")
    if not isinstance(before, Mapping):
        return []
    names = [*before, *(name for name in after or {} if name not in before)]
    return [
        Cambio(
            _NAMES[name],
            _in_words(name, before.get(name)),
            None if after is None else _in_words(name, after.get(name)),
        )
        for name in names
        if name in _NAMES
    ]


def text_of(entry: Investigacion) -> str:
    """What an entry says. RUTs in what Rastro wrote by itself are masked; people's words are not.

    Somebody who writes a number down in a note wants it read.
    """
    return entry.descripcion if entry.tipo in WRITTEN_KINDS else mask_ruts(entry.descripcion)


def pieces_of(entry: Investigacion) -> list[tuple[str, bool]]:
    """What an entry says, in pieces; True: it mentions somebody."""
    return split_mentions(text_of(entry), entry.detalle)


def details_of(entry: Investigacion) -> dict[str, Any]:
    """An entry's details for a program: what a field held and holds is masked as on the page."""
    return {
        name: _masked(value)
        if name in {"antes", "despues"} and isinstance(value, Mapping)
        else value
        for name, value in entry.detalle.items()
    }


def _masked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _MASKS[name](str(value)) if name in _MASKS and value else value
        for name, value in values.items()
    }


def deed_of(row: Auditoria, personas: Mapping[int, str]) -> str:
    """What a record of the audit says, in a sentence without its subject."""
    sentence = _DEEDS.get(row.accion, row.accion.replace(".", ": ").replace("_", " "))
    text = sentence.format(quien=personas.get(row.entidad_id or 0, "una persona que ya no está"))
    return text + _DOORS.get(str(row.detalle.get("motivo")), "")


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "sí" if value else "no"
    if value is None or value == "":
        return "vacío"
    if name in _MASKS:
        return _MASKS[name](str(value))
    if name == "patente":
        return format_patente(str(value))
    if name.startswith("fecha_"):
        try:
            return format_fecha(parse_fecha(value))
        except InvalidValue:
            return str(value)
    if name in {"prioridad", "tipo"}:
        return _LABELS.get(value, str(value).replace("_", " ").capitalize())
    return str(value)
