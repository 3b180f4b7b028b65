"""What kinds of setting there are, and how each is read from what somebody typed.

A feature declares its settings in its own ``rules`` and lists them in ``Feature.settings``; the
page of the settings shows them without knowing any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.phone_numbers import parse_telefono
from app.core.text import clean_text

_COLOR = re.compile("[0-9a-f]{6}")
#: Where a setting's value is kept as text.
VALUE_MAX = 2000


@dataclass(frozen=True)
class Setting:
    """A setting that an admin may change on the page: its place there, and what it is worth.

    ``defecto`` says by its kind what it holds: text or a whole number.
    """

    #: Its name in the table, ``feature.que_es``.
    clave: str
    #: The card of the page that it stands in; those of one group stand together.
    grupo: str
    etiqueta: str
    defecto: str | int
    #: What it does and when, for who changes it.
    ayuda: str = ""
    #: Of a number: what it counts, in the plural.
    unidad: str = ""
    #: Of a number, both included.
    minimo: int = 0
    maximo: int = 1_000_000
    #: Of a text, in characters.
    largo: int = 200
    #: Whether a text may be left empty.
    optional: bool = True
    #: Of a text that is not empty: reads it, or raises InvalidValue with a sentence.
    lector: Callable[[str], str] | None = None
    #: Of a choice: what is stored, and what it is called. Empty: anything may be written.
    opciones: tuple[tuple[str, str], ...] = ()
    #: The smaller, the higher on the page; those of one place keep the order of their features.
    place: int = 50

    @property
    def is_number(self) -> bool:
        """Whether it holds a whole number."""
        return isinstance(self.defecto, int)

    @property
    def field(self) -> str:
        """Its name in a form."""
        return self.clave.replace(".", "_")

    def parse(self, text: str) -> str | int:
        """The value of what somebody typed.

        Raises:
            InvalidValue: saying what may be written.
        """
        cleaned = clean_text(text)
        if self.is_number:
            return self._number(cleaned)
        if self.opciones and cleaned not in dict(self.opciones):
            raise InvalidValue("Elija una de las opciones de la lista.")
        if not cleaned and not self.optional:
            raise InvalidValue(f"Escriba este dato: {self.etiqueta}.")
        if len(cleaned) > self.largo:
            raise InvalidValue(f"No puede tener más de {self.largo} caracteres.")
        return self.lector(cleaned) if cleaned and self.lector else cleaned

    def _number(self, text: str) -> int:
        unit = f" {self.unidad}" if self.unidad else ""
        sentence = f"Escriba un número entero entre {self.minimo} y {self.maximo}{unit}."
        # int() alone also takes «1_0» and the digits of other scripts.
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InvalidValue(sentence)
        value = int(text)
        if not self.minimo <= value <= self.maximo:
            raise InvalidValue(sentence)
        return value


def parse_color(text: str) -> str:
    """A colour as it is stored: ``#2f3e63``.

    Raises:
        InvalidValue: it is none.
    """
    digits = text.strip().lower().removeprefix("#")
    if not _COLOR.fullmatch(digits):
        raise InvalidValue(
            "Escriba el color con un # y seis cifras o letras de la A a la F, por ejemplo #2f3e63."
        )
    return f"#{digits}"


def text_on(color: str) -> str:
    """White or black, whichever is read better on a colour (WCAG 2, relative luminance)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000" if luminance > 0.179 else "#fff"


#: How the office signs: mails, the dashboards of the buffets, the receptor's page, expedientes.
OFFICE_NAME = Setting(
    "oficina_nombre",
    grupo="Oficina",
    place=10,
    etiqueta="Nombre de la oficina",
    defecto="",
    ayuda="Sale en los correos, en el tablero de los buffets, en la página del receptor y en el "
    "expediente. Vacío, dice «Rastro».",
    largo=80,
)
_WHOM_TO_ASK = "Lo ve quien abre un enlace que ya no sirve, para pedir otro. Puede quedar vacío."
OFFICE_PHONE = Setting(
    "oficina_telefono",
    grupo="Oficina",
    place=10,
    etiqueta="Teléfono de la oficina",
    defecto="",
    ayuda=_WHOM_TO_ASK,
    largo=20,
    lector=parse_telefono,
)
OFFICE_EMAIL = Setting(
    "oficina_correo",
    grupo="Oficina",
    place=10,
    etiqueta="Correo de la oficina",
    defecto="",
    ayuda=_WHOM_TO_ASK,
    largo=254,
    lector=parse_email,
)
OFFICE_COLOR = Setting(
    "oficina_color",
    grupo="Oficina",
    place=10,
    etiqueta="Color de la oficina",
    defecto="",
    ayuda="Lo lleva arriba el tablero de los buffets. Un # con seis cifras o letras de la A a la "
    "F, por ejemplo #2f3e63; vacío, lleva el de Rastro.",
    largo=7,
    lector=parse_color,
)
SETTINGS = (OFFICE_NAME, OFFICE_PHONE, OFFICE_EMAIL, OFFICE_COLOR)
#: What holds as the office's name until somebody writes one.
PRODUCT = "Rastro"

#: The SHA-256 of the logo that holds now; empty or absent: none.
LOGO_SETTING = "oficina.logo"
#: What may be uploaded as a logo.
LOGO_MAX_BYTES = 2 * 1024 * 1024
LOGO_MAX_PIXELS = 4_000_000
#: It is drawn anew to fit into this, twice what is shown, for fine screens and for paper.
LOGO_WIDTH, LOGO_HEIGHT = 480, 160
