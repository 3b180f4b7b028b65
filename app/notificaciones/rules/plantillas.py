"""The words around the facts of a notice, with places for those facts.

A template is text with ``{patente}`` and its like, nothing more: it is never run, so that whoever
may edit it can reach no object and no other case. What is not one of the known places is refused
when it is saved, and what is put into a place is text, escaped where the mail is HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import InvalidValue

#: The places, and what goes there.
PLACEHOLDERS = {
    "destinatario": "el nombre del receptor, o «Estimado receptor, estimada receptora»",
    "patente": "la patente",
    "vehiculo": "marca, modelo y año",
    "rol": "el rol de la causa",
    "tribunal": "el tribunal",
    "caratulado": "el caratulado",
    "numero_oficio": "el número del oficio",
    "fecha_oficio": "la fecha del oficio",
    "investigador": "quién lleva el caso",
    "buffet": "el estudio que representa a la parte",
}

_PLACE = re.compile(r"\{([^{}]*)\}")
_SEPARATOR = " · "


@dataclass(frozen=True)
class Textos:
    """A template: subject and greeting in one line each, the rest in paragraphs."""

    asunto: str
    saludo: str
    introduccion: str
    despedida: str


#: What holds until an admin writes something else.
POR_DEFECTO = Textos(
    asunto="Vehículo {patente} · Rol {rol} · {tribunal} · Oficio {numero_oficio}",
    saludo="{destinatario}:",
    introduccion="Estos son los antecedentes para la diligencia.",
    despedida=(
        "Estos datos se entregan solo para la diligencia ordenada por el tribunal. Si recibió este "
        "correo por error, avísenos respondiéndolo y elimínelo."
    ),
)


def check_template(text: str) -> None:
    """Refuse what is not text with known places.

    Raises:
        InvalidValue: naming what is wrong and what may be written instead.
    """
    if "{{" in text or "}}" in text:
        raise InvalidValue(
            "Escriba los campos entre llaves simples, por ejemplo {patente}: «{{» no se usa."
        )
    for name in _PLACE.findall(text):
        if name not in PLACEHOLDERS:
            raise InvalidValue(
                f"«{{{name[:40]}}}» no es un campo. Use uno de la lista, por ejemplo {{patente}}."
            )
    if "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
        raise InvalidValue(
            "Hay una llave suelta. Escriba los campos completos, por ejemplo {patente}."
        )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the facts into their places.

    Of a line with « · », the parts whose places are all empty are left out, so that a case without
    a rol does not say «Rol» and nothing.
    """
    return "\n".join(_fill_line(line, values) for line in text.split("\n"))


def _fill_line(line: str, values: Mapping[str, str]) -> str:
    parts = line.split(_SEPARATOR)
    if len(parts) > 1:
        parts = [part for part in parts if _says_something(part, values)]
    # One pass: what a fact itself holds in braces stays as it is.
    return _PLACE.sub(lambda found: values.get(found[1], ""), _SEPARATOR.join(parts))


def _says_something(part: str, values: Mapping[str, str]) -> bool:
    names = _PLACE.findall(part)
    return not names or any(values.get(name) for name in names)
