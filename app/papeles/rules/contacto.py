"""Telephone and mail of the person of the case; nobody else's."""

from __future__ import annotations

import re
from itertools import islice

from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.phone_numbers import parse_telefono
from app.papeles.rules import DatoHallado
from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.partes import PersonaHallada, whose_is

_PHONE = re.compile(
    r"\b(?:TELEFONOS?(?:\s+(?:MOVIL|CELULAR|PARTICULAR|DE\s+CONTACTO))?|FONOS?|CELULAR(?:ES)?|WHATSAPP"
    r"|MOVIL)\s*(?:N°)?\s*[:.]?\s*(?P<value>\+?[0-9(][0-9()\s.-]{6,17}[0-9])"
)
_MAIL = re.compile(
    r"\b(?:CORREO(?:\s+ELECTRONICO)?|E-?\s?MAIL|CASILLA(?:\s+ELECTRONICA)?)\s*[:.]?\s*"
    r"(?P<value>[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,})"
)
#: Whose number it is where this stands just before it: a court's, an office's.
_OF_AN_OFFICE = re.compile(
    r"TRIBUNAL|JUZGADO|ESTUDIO|BUFFET|OFICINA|COMISARIA|CONSULTAS|SECRETARIA|MESA|EJECUTIVO|RECEPTOR"
)
#: Characters after the person within which their number stands, and before it for whose it is.
_REACH, _BEFORE = 500, 40
#: Numbers of a paper that are looked at.
_MOST = 50


def find_contact(
    doc: TextoDePapel, people: list[PersonaHallada], person: PersonaHallada | None
) -> dict[str, DatoHallado]:
    """What the paper gives to reach its person; a number that may be somebody else's is left."""
    found: dict[str, DatoHallado] = {}
    if person is None:
        return found
    place = person.rut.end if person.rut else person.nombre.end if person.nombre else person.cue
    for campo, pattern in (("propietario_telefono", _PHONE), ("propietario_email", _MAIL)):
        for match in islice(pattern.finditer(doc.prosa), _MOST):
            start, end = match.span("value")
            before = doc.prosa[max(0, match.start() - _BEFORE) : match.start()]
            is_theirs = 0 <= start - place <= _REACH and not _OF_AN_OFFICE.search(before)
            if not is_theirs or not whose_is(doc, people, match.start()):
                continue
            text = " ".join(doc.texto[start:end].split())
            try:
                value = parse_telefono(text) if campo.endswith("telefono") else parse_email(text)
            except InvalidValue:
                continue
            found[campo] = DatoHallado(value, "contacto", doc.boxes(start, end), 0.85)
            break
    return found
