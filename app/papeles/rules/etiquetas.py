"""Values that stand beside or below their label, as forms and certificates have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from app.papeles.rules.documento import TextoDePapel

_NUM = r"(?:N(?:°|\.|RO\.?|UM\.?|UMERO)*\s*(?:DE\s+)?)?"
#: Field to what its label may be, in capitals without accents.
LABELS = {
    "patente": r"(?:PLACA\s+)?PATENTE(?:\s+UNICA)?|P\.?P\.?U\.?|PLACA(?:\s+UNICA)?|INSCRIPCION",
    "patente_dv": r"D\.?V\.?|DIGITO(?:\s+VERIFICADOR)?",
    "tipo_vehiculo": r"TIPO(?:\s+(?:DE\s+)?VEHICULO)?|VEHICULO|CLASE(?:\s+DE\s+VEHICULO)?",
    "marca_modelo": r"MARCA\s*(?:/|Y|-|,)\s*MODELO",
    "marca": r"MARCA",
    "modelo": r"MODELO",
    "anio": r"ANO(?:\s+(?:DE\s+)?FABRICACION)?",
    "color": r"COLOR",
    "vin": _NUM + r"(?:CHASIS(?:\s*/\s*VIN)?|V\.?I\.?N\.?)(?:\s+N°)?",
    "motor": _NUM + r"MOTOR(?:\s+N°)?",
    "numero": r"N(?:°|RO\.?|UMERO)\s*(?:DE\s+)?(?:OFICIO|ORDEN|ENCARGO|SOLICITUD)",
    "rol": r"(?:CAUSA\s+)?(?:ROL|R\.?I\.?T\.?)(?:\s+(?:DE\s+LA\s+)?CAUSA)?"
    r"|CAUSA(?:\s+DE\s+ORIGEN)?",
    "tribunal": r"TRIBUNAL(?:\s+(?:EXHORTANTE|DE\s+ORIGEN))?|JUZGADO",
    "caratulado": r"CARATULAD[OA]|CARATULA",
    "fecha": r"FECHA(?:\s+(?:DE\s+)?(?:EMISION|SOLICITUD|(?:DEL?\s+)?(?:OFICIO|ORDEN)))?"
    r"|ENVIADO(?:\s+EL)?",
    "nombre": r"NOMBRE(?:\s+COMPLETO)?(?:\s+(?:DEL?\s+)?(?:LA\s+)?"
    r"(?:DEUDOR|DEMANDADO|EJECUTADO|PROPIETARIO|CLIENTE)A?)?|RAZON\s+SOCIAL",
    "rut": r"R\.?U\.?[TN]\.?(?:\s+(?:DEL?\s+)?(?:DEUDOR|DEMANDADO|EJECUTADO|PROPIETARIO)A?)?",
    "direccion": r"(?:(?:ULTIMO|SEGUNDO|TERCER|OTRO|NUEVO)\s+)?(?:DOMICILIO|DIRECCION|RESIDENCIA)"
    r"(?:\s+(?:PARTICULAR|CONOCID[OA]|REGISTRAD[OA]|LEGAL|ACTUAL|LABORAL|COMERCIAL|TRIBUTARI[OA]|FAMILIAR"
    r"|ALTERNATIV[OA]|SECUNDARI[OA]|DE\s+TRABAJO|DE\s+SUS?\s+(?:PADRES|FAMILIARES)"
    r"|(?:DEL?\s+)?(?:LA\s+)?(?:DEUDOR|DEMANDAD[OA]|EJECUTAD[OA]|PROPIETARI[OA])A?))?"
    r"(?:\s+(?:N°\s*)?\d)?|VIVE\s+EN|DOM\.",
    "comuna": r"COMUNA(?:\s*/\s*CIUDAD)?|CIUDAD",
    "telefono": r"TELEFONO|FONO|CELULAR",
    "fuerza_publica": r"(?:AUXILIO\s+DE\s+LA\s+)?FUERZA\s+PUBLICA",
    "descerrajamiento": r"DESCERRAJAMIENTO",
    "plazo": r"PLAZO(?:\s+(?:PARA|DE)\s+\w+)?",
}
#: Other labels, of which no value is read: they end the value before them.
_OTHERS = (
    r"COMBUSTIBLE|FOLIO|REPERTORIO|ACREEDOR|FEC\.[^:\t\n]*|INSTIT\.[^:\t\n]*|NRO\.[^:\t\n]*|EJECUTIVO"
    r"|DEMANDAD[OA]|DEUDORA?|EJECUTAD[OA]|DEMANDANTE|EJECUTANTE|ABOGAD[OA][^:\t\n]{0,20}|SOLICITANTE"
    r"|PBV|REPRESENTANTE[^:\t\n]{0,10}|CAUSA\s+ROL|MATERIA|ASUNTO|PARA|DE|SOLICITUD|OBSERVACIONES"
)


#: Fields whose values may be longer than their line, to what the rest of one looks like.
_LONG = {
    "caratulado": re.compile(r"[A-Z][^\d,:;]{2,60}"),
    "direccion": re.compile(
        r"(?:\d|CASA|D(?:E?P)?TO|DEPARTAMENTO|VILLA|POBL|BLOCK|TORRE|OF)[^:;]{0,80}"
    ),
}


class Trozo(NamedTuple):
    """A part of the text."""

    start: int
    end: int


class CeldaDeLinea(NamedTuple):
    """A part of a line between wide gaps."""

    start: int
    end: int
    is_last: bool


@cache
def label_of(campo: str) -> re.Pattern[str]:
    """What a cell that holds a label, or a label and its value, looks like."""
    return re.compile(rf"[-•·*\s]*(?:{LABELS[campo]})(?P<colon>\s*[:.]\s*|\s*$)(?P<value>.*)")


@cache
def any_label() -> re.Pattern[str]:
    """A label, and nothing but that, or before a colon."""
    known = "|".join([*LABELS.values(), _OTHERS])
    return re.compile(rf"[-•·*\s]*(?:{known})\s*(?::|$)")


@cache
def _next_label() -> re.Pattern[str]:
    """A label with its colon within a cell: the value before it ends there."""
    known = "|".join([*LABELS.values(), _OTHERS])
    return re.compile(rf"\s(?:{known})\s*:")


def lines_of(doc: TextoDePapel) -> list[list[CeldaDeLinea]]:
    """The lines of a paper, each as its cells."""
    lines = []
    for line in re.finditer(r"[^\n]+", doc.plano):
        cells = [
            CeldaDeLinea(line.start() + cell.start(), line.start() + cell.end(), False)
            for cell in re.finditer(r"[^\t]+", line[0])
            # Some forms have their colons in a column of their own.
            if cell[0].strip() != ":"
        ]
        if cells:
            cells[-1] = cells[-1]._replace(is_last=True)
            lines.append(cells)
    return lines


def labelled(doc: TextoDePapel, campo: str) -> Iterator[Trozo]:
    """The values that stand beside or below a label of a field, in the order of the paper."""
    pattern, lines = label_of(campo), lines_of(doc)
    for number, cells in enumerate(lines):
        for place, cell in enumerate(cells):
            found = pattern.fullmatch(doc.plano[cell.start : cell.end])
            if found is None or _is_in_sentence(doc, cell, found):
                continue
            if found["value"]:
                trozo = Trozo(cell.start + found.start("value"), cell.end)
                if cell.is_last:
                    trozo = _with_rest(doc, trozo, lines, number, label_start=cell.start)
                if len(cells) == 1 and campo in _LONG:
                    trozo = _with_wrapped(doc, trozo, lines, number, _LONG[campo])
            elif not cell.is_last:
                other = cells[place + 1]
                if any_label().match(doc.plano[other.start : other.end]):
                    continue
                trozo = Trozo(other.start, other.end)
                if other.is_last:
                    trozo = _with_rest(doc, trozo, lines, number, label_start=cell.start)
            elif place == 0 and number + 1 < len(lines) and len(lines[number + 1]) == 1:
                below = lines[number + 1][0]
                if _is_one_label(doc, pattern, cell, below) and number + 2 < len(lines):
                    # A narrow cell broke the label itself.
                    below = lines[number + 2][0]
                if any_label().match(doc.plano[below.start : below.end]):
                    continue
                trozo = Trozo(below.start, below.end)
            else:
                continue
            trozo = trimmed(doc, trozo)
            if trozo.end > trozo.start:
                yield trozo


def _with_wrapped(
    doc: TextoDePapel,
    trozo: Trozo,
    lines: list[list[CeldaDeLinea]],
    number: int,
    rest: re.Pattern[str],
) -> Trozo:
    """With the next line where the value ran to the edge of its column: no line is as long."""
    first, last = number, number
    while first and doc.texto[lines[first - 1][-1].end : lines[first][0].start] == "\n":
        first -= 1
    while (
        last + 1 < len(lines) and doc.texto[lines[last][-1].end : lines[last + 1][0].start] == "\n"
    ):
        last += 1
    if number == last or len(lines[number + 1]) > 1:
        return trozo
    below = lines[number + 1][0]
    text = doc.plano[below.start : below.end]
    if trozo.end >= below.end or not rest.fullmatch(text) or any_label().match(text):
        return trozo
    ends = [
        doc.words(line[-1].end - 1, line[-1].end)[0].caja.x1 for line in lines[first : last + 1]
    ]
    starts = [
        doc.words(lines[n][0].start, lines[n][0].start + 1)[0].caja.x0 for n in (number, number + 1)
    ]
    is_longest = ends[number - first] >= max(ends) and ends[number + 1 - first] < max(ends) - 2
    if not is_longest or abs(starts[0] - starts[1]) > 2 or first == last - 1:
        return trozo
    return Trozo(trozo.start, below.end)


def _is_in_sentence(doc: TextoDePapel, cell: CeldaDeLinea, found: re.Match[str]) -> bool:
    """Whether it is the last word of a sentence, alone on its line: «… de igual⏎domicilio.»."""
    return (
        found["colon"].strip() != ":"
        and not found["value"]
        and doc.texto[cell.start : cell.end].lstrip()[:1].islower()
    )


def _is_one_label(
    doc: TextoDePapel, pattern: re.Pattern[str], cell: CeldaDeLinea, below: CeldaDeLinea
) -> bool:
    """Whether two lines are one label, such as «Domicilio» and «particular»."""
    whole = f"{doc.plano[cell.start : cell.end].strip()} {doc.plano[below.start : below.end]}"
    found = pattern.fullmatch(whole)
    return found is not None and not found["value"]


def trimmed(doc: TextoDePapel, trozo: Trozo) -> Trozo:
    """Without colons and spaces around, and without the next label in the same cell."""
    text = doc.plano[trozo.start : trozo.end]
    if found := _next_label().search(text):
        text = text[: found.start()]
    before = len(text) - len(text.lstrip(" :\t\n,;\"'"))
    text = text.rstrip(" :\t\n,;\"'")
    return Trozo(trozo.start + before, max(trozo.start + before, trozo.start + len(text)))


def _with_rest(
    doc: TextoDePapel,
    trozo: Trozo,
    lines: list[list[CeldaDeLinea]],
    number: int,
    *,
    label_start: int,
) -> Trozo:
    """With the next line where a narrow cell broke its value: it stands below the value."""
    if number + 1 >= len(lines) or len(lines[number + 1]) != 1:
        return trozo
    cell = lines[number + 1][0]
    between = doc.texto[trozo.end : cell.start]
    start = (
        trozo.start
        + len(doc.texto[trozo.start : trozo.end])
        - len(doc.texto[trozo.start : trozo.end].lstrip(" :"))
    )
    label, here, below = (doc.words(place, place + 1) for place in (label_start, start, cell.start))
    if between != "\n" or not label or not here or not below:
        return trozo
    is_below = abs(here[0].caja.x0 - below[0].caja.x0) < 2
    if (
        not is_below
        or here[0].caja.x0 - label[0].caja.x0 < 10
        or any_label().match(doc.plano[cell.start : cell.end])
    ):
        return trozo
    return Trozo(trozo.start, cell.end)
