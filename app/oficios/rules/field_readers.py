"""What one text of a paper means: a reader for each kind of field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.core.comunas import find_comuna, find_region
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.core.rut import parse_rut
from app.core.text import fold, shortened
from app.core.tribunales import find_tribunal, suggest_tribunal
from app.direcciones.rules import unknown_comuna
from app.oficios.rules import Prioridad
from app.vehiculos.rules import doubt_vin, parse_cifras, parse_vin, refuse_anio

#: The value of a field after parsing.
Dato = str | int | date

_PRIORIDADES = {**{item.value: item for item in Prioridad}, "normal": Prioridad.MEDIA}
_GRANTED = re.compile(
    r"si|s|x|1|con( .*)?|true|verdadero|(concedid|otorgad|autorizad|decretad)[oa]|ha lugar"
)
_DENIED = re.compile(r"no( .*)?|n|0|sin( .*)?|false|falso|(neg|deneg|rechaz)ad[oa]")


@dataclass(frozen=True)
class Judgement:
    """What one text of a paper means: its values by name, and what is wrong with it."""

    #: The value to store; also for a refused text, where its field can store one.
    valores: Mapping[str, Dato] = field(default_factory=dict)
    #: Warning: readable but implausible; a person may confirm it.
    doubt: str | None = None
    #: Error: the value is impossible.
    refusal: str | None = None


#: Parses a text, given today's date; raises InvalidValue for an impossible value.
Reader = Callable[[str, date], Judgement]


def reader_of(name: str, parse: Callable[[str], Dato]) -> Reader:
    """The reader of a field that a parser of the core reads, or cannot."""
    return lambda text, _today: Judgement({name: parse(text)})


def parse_concedida(text: str) -> bool:
    """Whether a court granted a power, in the words of lists; «sin» and «no ha lugar» say no.

    Raises:
        InvalidValue: it says neither.
    """
    words = re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()
    if _DENIED.fullmatch(words):
        return False
    if _GRANTED.fullmatch(words):
        return True
    raise InvalidValue(f"«{shortened(text)}» no dice si se concedió. Escriba sí o no.")


def read_tribunal(text: str, _today: date) -> Judgement:
    """A court of the list by its own name; another one as it is written."""
    if tribunal := find_tribunal(text):
        return Judgement({"tribunal": tribunal.nombre})
    hint = suggest_tribunal(text)
    what = f"¿Será «{hint.nombre}»?" if hint else "Revise el nombre en el documento."
    doubt = f"El tribunal «{shortened(text, 60)}» no está en la lista. {what}"
    return Judgement({"tribunal": text}, doubt)


def read_patente(text: str, _today: date) -> Judgement:
    """A plate, with its check digit where the paper has it."""
    patente = parse_patente(text)
    found: dict[str, Dato] = {"patente": patente.valor}
    if patente.dv:
        found["patente_dv"] = patente.dv
    return Judgement(found, " ".join(patente.advertencias) or None)


def read_anio(text: str, today: date) -> Judgement:
    """A model year; one that cannot be is refused and still known."""
    anio = parse_cifras(text)
    return Judgement({"anio": anio}, refusal=refuse_anio(anio, today.year))


def read_vin(text: str, _today: date) -> Judgement:
    """A chassis number without its separators."""
    vin = parse_vin(text)
    return Judgement({"vin": vin}, doubt_vin(vin))


def read_rut(text: str, _today: date) -> Judgement:
    """A person's RUT with the check digit that the paper has."""
    rut = parse_rut(text)
    return Judgement({"propietario_rut": rut.valor}, " ".join(rut.advertencias) or None)


def read_comuna(text: str, _today: date) -> Judgement:
    """A comuna with the region that follows from it."""
    if comuna := find_comuna(text):
        return Judgement({"comuna": comuna.nombre, "region": comuna.region_corta})
    return Judgement({"comuna": text}, refusal=unknown_comuna(text))


def read_region(text: str, _today: date) -> Judgement:
    """Kept apart as ``region_escrita``: the comuna's own region counts where both are there."""
    if region := find_region(text):
        return Judgement({"region_escrita": region})
    doubt = f"La región «{shortened(text)}» no existe. Revise el nombre."
    return Judgement({"region_escrita": text}, doubt)


def read_prioridad(text: str, _today: date) -> Judgement:
    """How soon the order wants attention, in the words of papers."""
    if (prioridad := _PRIORIDADES.get(fold(text))) is None:
        raise InvalidValue(
            f"«{shortened(text)}» no es una prioridad. Escriba baja, media, alta o urgente."
        )
    return Judgement({"prioridad": prioridad.value})
