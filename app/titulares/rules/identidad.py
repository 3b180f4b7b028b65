"""By what a person is looked for, and how it is recognised in whatever somebody wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.labels import Labelled
from app.core.patente import parse_patente
from app.core.personal_data import Dato
from app.core.phone_numbers import format_telefono, parse_telefono
from app.core.rut import format_rut, parse_rut
from app.core.text import clean_text, fold

#: Letters that Spanish writes with a mark: in a pattern they stand for any character.
_MARKED = re.compile("[aeioun]")
#: What people write between the digits of a RUT or a telephone, or the parts of a plate.
_BETWEEN = r"[\s.\-·()/\u2010-\u2015\u00a0]{0,3}"
_WORD = re.compile(r"[^\W_]+")
#: What may follow the number of a RUT that was found: its check digit goes with it.
_CHECK_DIGIT = re.compile(r"(?:[\s\-\u2010-\u2015]{0,2}[\dk](?!\w))?")


class Clave(Labelled):
    """What of a person is known."""

    RUT = "rut", "RUT"
    NOMBRE = "nombre", "Nombre"
    PATENTE = "patente", "Patente"
    TELEFONO = "telefono", "Teléfono"
    CORREO = "correo", "Correo electrónico"

    @property
    def dato(self) -> Dato:
        """The kind of column that holds it and nothing else."""
        return Dato(self.value)


@dataclass(frozen=True)
class Identificador:
    """One thing that is known of a person, normalised."""

    clave: Clave
    valor: str

    def __str__(self) -> str:
        """As people write it."""
        if self.clave is Clave.RUT:
            return format_rut(self.valor)
        return format_telefono(self.valor) if self.clave is Clave.TELEFONO else self.valor

    def patterns(self, *, escaped: bool = False) -> list[list[str]]:
        """Patterns of LIKE: a text that holds it fits all of one of the lists.

        Others may fit too; ``is_in`` decides. ``escaped`` is for JSON, where a letter with a mark
        is written as six characters.
        """
        if self.clave is Clave.NOMBRE:
            wild = "%" if escaped else "_"
            return [[f"%{_MARKED.sub(wild, word)}%" for word in self._words]]
        if self.clave is Clave.CORREO:
            return [["%" + re.sub(r"([\\%_])", r"\\\1", self.valor.lower()) + "%"]]
        return [[f"%{shape}%"] for shape in self._shapes()]

    def is_in(self, text: str) -> bool:
        """Whether a text holds it, however it is written: dots, spaces, accents, capitals."""
        folded = fold(text)
        if self.clave is Clave.NOMBRE:
            return set(self._words) <= set(_WORD.findall(folded))
        return self._expression.search(folded) is not None

    def span_in(self, text: str) -> tuple[int, int]:
        """From where to where it stands in a text; its beginning where that cannot be told."""
        if self.clave is Clave.NOMBRE:
            return _span(text, re.compile(re.escape(self._words[0])))
        return _span(text, self._expression)

    def cut_from(self, text: str, mark: str) -> str:
        """The text without it, in whatever way it is written there; a mark stands in its place.

        Of a name every word is cut where all of them are: also one that others bear.
        """
        text = unicodedata.normalize("NFC", text)
        folded, places = _fold_in_place(text)
        if self.clave is Clave.NOMBRE:
            found = list(_WORD.finditer(folded))
            if not set(self._words) <= {match[0] for match in found}:
                return text
            telling = {word for word in self._words if len(word) > 2} or set(self._words)
            spans = [match.span() for match in found if match[0] in telling]
        else:
            spans = [match.span() for match in self._expression.finditer(folded)]
        if self.clave is Clave.RUT:
            spans = [(start, _with_check_digit(folded, end)) for start, end in spans]
        for start, end in reversed(_join_near(spans, folded)):
            text = text[: places[start]] + mark + text[places[end - 1] + 1 :]
        return text

    @property
    def _words(self) -> list[str]:
        return _WORD.findall(fold(self.valor))

    def _shapes(self) -> Iterator[str]:
        """How its characters may stand together; ``_`` is one character of any kind."""
        if self.clave is Clave.RUT:
            body = self.valor.split("-")[0]
            yield body
            head, middle, tail = body[:-6], body[-6:-3], body[-3:]
            yield "_".join(part for part in (head, middle, tail) if part)
        elif self.clave is Clave.TELEFONO:
            digits = self.valor[-8:]
            yield digits[1:]
            yield f"{digits[:4]}_{digits[4:]}"
            yield f"{digits[1:4]}_{digits[4:]}"
            yield "_".join(digits[at : at + 2] for at in range(0, 8, 2))
            yield f"{digits[:2]}_{digits[2:5]}_{digits[5:]}"
        else:
            plate = self.valor.lower()
            yield plate
            for size in (2, 3, 4, 5):
                yield f"{plate[:size]}_{plate[size:]}"
            yield f"{plate[:2]}_{plate[2:4]}_{plate[4:]}"

    @property
    def _expression(self) -> re.Pattern[str]:
        if self.clave is Clave.CORREO:
            return re.compile(rf"(?<![\w.+-]){re.escape(fold(self.valor))}(?![\w-]|\.\w)")
        if self.clave is Clave.RUT:
            body, dv = self.valor.lower().split("-")
            spaced = r"[\s.\u00a0]?".join(body)
            # The number alone is the same person, also with a check digit that was mistyped.
            return re.compile(rf"(?<![\d.])0*{spaced}(?:{dv}(?!\w)|(?!\d|\.\d))")
        if self.clave is Clave.TELEFONO:
            return re.compile(rf"(?:(?<!\d)|(?<=56)){_BETWEEN.join(self.valor[3:])}(?!\d)")
        plate = self.valor.lower()
        return re.compile(rf"(?<![^\W_]){_BETWEEN.join(plate)}(?![^\W_])")


@dataclass(frozen=True)
class Buscado:
    """A person who is looked for: somebody for whom any of these fits."""

    identificadores: tuple[Identificador, ...]

    @property
    def claves(self) -> list[str]:
        """By what, without the values: for the audit."""
        return [each.clave.value for each in self.identificadores]

    def found_in(self, text: str) -> list[Identificador]:
        """Those that a text holds."""
        return [each for each in self.identificadores if each.is_in(text)]


def read_buscado(
    *, rut: str = "", nombre: str = "", patente: str = "", telefono: str = "", correo: str = ""
) -> Buscado:
    """Read what is known of a person; what is empty is not asked for.

    Raises:
        InvalidValue: one of them cannot be read, or there is none.
    """
    found = []
    if rut.strip():
        found.append(Identificador(Clave.RUT, parse_rut(rut).valor))
    if nombre.strip():
        found.append(Identificador(Clave.NOMBRE, _read_name(nombre)))
    if patente.strip():
        found.append(Identificador(Clave.PATENTE, parse_patente(patente).valor))
    if telefono.strip():
        found.append(Identificador(Clave.TELEFONO, parse_telefono(telefono)))
    if correo.strip():
        found.append(Identificador(Clave.CORREO, parse_email(correo)))
    if not found:
        raise InvalidValue(
            "Escriba al menos un dato de la persona: RUT, nombre, patente, teléfono o correo."
        )
    return Buscado(tuple(found))


def _with_check_digit(folded: str, end: int) -> int:
    found = _CHECK_DIGIT.match(folded, end)
    return found.end() if found else end


def _fold_in_place(text: str) -> tuple[str, list[int]]:
    """The text folded letter by letter, and from which place each letter of it comes."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for part in fold(letter) or (" " if letter.isspace() else ""):
            letters.append(part)
            places.append(place)
    return "".join(letters), places


def _join_near(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """The spans in order; those between which nothing but spaces and commas stands are one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip(" ,"):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _span(text: str, expression: re.Pattern[str]) -> tuple[int, int]:
    folded = fold(text)
    found = expression.search(folded)
    # Folding keeps the length of all but a few letters; then the place is not known.
    return found.span() if found and len(folded) == len(text) else (0, 0)


def _read_name(text: str) -> str:
    """A name of at least two words: one word is the name of too many."""
    name = clean_text(text)
    if len(_WORD.findall(fold(name))) < 2:
        raise InvalidValue(
            "Escriba nombre y apellido: con una sola palabra aparecerían otras personas."
        )
    return name
