"""The vehicles of a paper, each with what is said of it: in prose, beside labels, or in a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.core.marcas import is_marca, split_marca_modelo
from app.core.patente import Patente
from app.papeles.rules import DatoHallado
from app.papeles.rules.codigos import (
    PatenteHallada,
    find_plates,
    find_vins,
    plate_in,
    vin_adds_up,
)
from app.papeles.rules.documento import TextoDePapel, flat
from app.papeles.rules.etiquetas import LABELS, CeldaDeLinea, Trozo, labelled, lines_of

_KINDS = (
    r"STATION\s*WAGON|AUTOMOVIL(?:ES)?|CAMIONETA|CAMION|FURGON(?:ETA)?|MOTOCICLETA|MOTO"
    r"|TRACTO\s?CAMION|JEEP|MINIBUS|TAXIBUS|BUS|SEMI\s?RR?EMOLQUE|REMOLQUE|RETROEXCAVADORA"
    r"|TRACTOR|SUV|CUADRIMOTO|CARRO\s+DE\s+ARRASTRE|EXCAVADORA|MAQUINA\s+INDUSTRIAL|TAXI"
)
_KIND = re.compile(rf"\b(?:{_KINDS})\b")
#: What a make may stand behind.
_THING = re.compile(rf"\b(?:{_KINDS}|VEHICULO)\b")
#: Makes of trucks, trailers, buses and motorcycles: the list of makes has those of cars.
_HEAVY = re.compile(
    r"AGRALE|BAJAJ|BUSSCAR|CATERPILLAR|DAF|DUCATI|EUROMOT|FACCHINI|FAW|FUSO|GOLDEN DRAGON|GOREN"
    r"|GUERRA|HIGER|HINO|IVECO|JOHN DEERE|KAWASAKI|KEEWAY|KENWORTH|KING LONG|KOMATSU|KTM|LIBRELATO"
    r"|LONCIN|MAN|MARCOPOLO|PETERBILT|RANDON|SHACMAN|SINOTRUK|STERLING|TREMAC|WESTERN STAR|YAMAHA"
    r"|YUTONG|ZHONGTONG"
)
#: A label within a sentence and the value after it.
_IN_PROSE = {
    # «Marca / Modelo» is a label of its own.
    "marca": r"\bMARCA\b(?!\s*(?:/|Y|-|,)\s*MODELO)",
    "modelo": r"(?<!/)(?<!/\s)(?<!MARCA\sY\s)(?<!MARCA,\s)\bMODELO\b",
    "anio": r"\bANO\b(?:\s+(?:DE\s+)?FABRICACION)?",
    "color": r"\bCOLOR\b",
    "vin": r"(?:\bCHASIS|\bV\.?I\.?N)\b\.?",
    "motor": r"\bMOTOR\b",
}
_STOP = re.compile(
    r",|;|\n|\.(?=\s|$)|\s(?:DEL\s+)?(?:ANO|MARCA|MODELO|COLOR|MOTOR|CHASIS|PATENTE|PLACA|P\.?P\.?U|VIN"
    r"|N(?:°|RO\.?|UMERO)|INSCRIPCION|INSCRIT[OA]|TIPO|DE\s+PROPIEDAD|A\s+NOMBRE|DE\s+LA\s+DEMANDAD|DE\s+DOMINIO"
    r"|COMBUSTIBLE|DATOS|QUE\s+FIGURA)\b|\s-\s"
)
_CODE = re.compile(r"\s*(?:N(?:°|RO\.?|UMERO)*\s?°?)?\s*[:.]*\s*(?P<v>[A-Z0-9][A-Z0-9./-]{3,24})")
_YEAR = re.compile(r"\s*:?\s*(?P<v>(?:19|20)\d{2})(?!\d)")
#: «Rol N° 5120 del año 2026», «30 de abril del año 2026»: no year of a car.
_OF_A_FILE = re.compile(
    r"\b(?:ROL|R\.?I\.?T\.?|REPERTORIO|FOLIO|FOJAS?|FS\.|INGRESO|ENERO|FEBRERO|MARZO|ABRIL|MAYO|JUNIO|JULIO"
    r"|AGOSTO|SEPTIEMBRE|OCTUBRE|NOVIEMBRE|DICIEMBRE)\b[^,;:\n]{0,30}\sDEL?\s+$"
)
#: Words of a make and of a model that stand without those words, behind what it is.
_MAKE_WORDS, _MODEL_WORDS = 3, 5
#: The end of what stands before a clause that names a car and then its year.
_BEFORE_YEAR = re.compile(r"[.:;](?=\s[A-Z][^.,;:\n]{3,50},\s+(?:DEL\s+)?ANO\b)")
#: A label where a value should be: a scan may have all labels before all values.
_LABEL_INSTEAD = re.compile(
    r"(?:ANO|COLOR|MOTOR|CHASIS|VIN|COMBUSTIBLE|PBV|PATENTE|PLACA|TIPO|INSCRIPCION|N°|NRO\.?|R\.?U\.?[TN])"
    r"(?![A-Z0-9-])"
)
#: The beginning of an item of a list.
_ITEM = re.compile(r"(?:^|\n)[ \t]*(?:[-•*·]|\(?[A-Z0-9]{1,2}[.)]-?)[ \t]")
_LONGEST = {"marca": 30, "modelo": 60, "color": 30}


class _Row(NamedTuple):
    """A row of a table of vehicles: its cells by field."""

    cells: dict[str, Trozo]
    patente: Patente


def find_vehicles(doc: TextoDePapel) -> list[dict[str, DatoHallado]]:
    """The vehicles of a paper, in its order, each with its plate."""
    rows = _read_table(doc)
    if rows:
        found = [_from_row(doc, row) for row in rows]
        _share_vins(doc, found)
        return found
    plates = find_plates(doc)
    values: dict[str, list[PatenteHallada]] = {}
    for plate in plates:
        values.setdefault(plate.patente.valor, []).append(plate)
    vehicles = []
    spans = _spans(doc, values)
    for valor, mentions in values.items():
        vehicle = _plate_of(doc, mentions)
        vehicle |= _told_of(doc, spans[valor])
        vehicles.append(vehicle)
    if not vehicles:
        alone = _told_of(doc, Trozo(0, len(doc.prosa)))
        return [alone] if "vin" in alone else []
    return vehicles


def _plate_of(doc: TextoDePapel, mentions: list[PatenteHallada]) -> dict[str, DatoHallado]:
    first = next((one for one in mentions if one.is_checked), None)
    first = first or next((one for one in mentions if one.patente.dv), mentions[0])
    duda = " ".join(first.patente.advertencias)
    boxes = [
        caja
        for one in [first, *(m for m in mentions if m is not first)][:4]
        for caja in doc.boxes(one.start, one.end)
    ]
    sure = 0.99 if first.is_checked else 0.9 if len(mentions) > 1 or first.has_cue else 0.6
    if duda:
        sure = 0.4
    rule = "dígito verificador" if first.is_checked else "patente"
    found = {"patente": DatoHallado(first.patente.valor, rule, boxes, sure, duda)}
    if first.patente.dv:
        found["patente_dv"] = DatoHallado(first.patente.dv, rule, boxes[:1], sure, duda)
    return found


def _spans(doc: TextoDePapel, values: dict[str, list[PatenteHallada]]) -> dict[str, Trozo]:
    """The part of the paper that tells of each plate: up to it, or from it on."""
    if len(values) < 2:
        return dict.fromkeys(values, Trozo(0, len(doc.prosa)))
    firsts = sorted((mentions[0].start, valor) for valor, mentions in values.items())
    if items := _items(doc, [start for start, _ in firsts]):
        return {valor: item for (_, valor), item in zip(firsts, items, strict=True)}
    brands = [found.start() for found in re.finditer(_IN_PROSE["marca"], doc.prosa)]
    brands += [one.end() for one in _KIND.finditer(doc.prosa) if _make_behind(doc, one.end())]
    is_before = bool(brands) and min(brands) < firsts[0][0]
    spans = {}
    for place, (start, valor) in enumerate(firsts):
        if is_before:
            spans[valor] = Trozo(firsts[place - 1][0] if place else 0, start + 20)
        else:
            after = firsts[place + 1][0] if place + 1 < len(firsts) else len(doc.prosa)
            spans[valor] = Trozo(start, after)
    return spans


def _items(doc: TextoDePapel, places: list[int]) -> list[Trozo]:
    """The items of a list that has one for each plate; nothing where it is no such list."""
    starts = [found.start() for found in _ITEM.finditer(doc.plano)]
    begins = [max((one for one in starts if one < place), default=-1) for place in places]
    if -1 in begins or len(set(begins)) < len(begins):
        return []
    ends = [*begins[1:], len(doc.plano)]
    last = doc.plano.find("\n\n", places[-1])
    ends[-1] = last if last > 0 else ends[-1]
    return [Trozo(start, end) for start, end in zip(begins, ends, strict=True)]


def _told_of(doc: TextoDePapel, span: Trozo) -> dict[str, DatoHallado]:
    """What a part of the paper says of its vehicle."""
    found: dict[str, DatoHallado] = {}
    for campo in ("marca", "modelo", "anio", "color", "vin", "motor", "tipo_vehiculo"):
        for trozo, rule in _places(doc, campo, span):
            if hallazgo := _value(doc, campo, trozo, rule):
                found[campo] = hallazgo
                break
    for campo, trozo, rule in _makes(doc, span):
        if campo not in found and (hallazgo := _value(doc, campo, trozo, rule)):
            found[campo] = hallazgo
    if "vin" not in found:
        for match in find_vins(doc):
            if span.start <= match.start() < span.end:
                found["vin"] = _vin(doc, Trozo(*match.span()), "forma de VIN")
                break
    return found


def _places(doc: TextoDePapel, campo: str, span: Trozo) -> Iterator[tuple[Trozo, str]]:
    for trozo in labelled(doc, campo):
        if span.start <= trozo.start < span.end:
            yield trozo, "etiqueta"
    if campo == "tipo_vehiculo":
        yield from _kinds(doc, span)
        return
    for label in re.finditer(_IN_PROSE[campo], doc.prosa[span.start : span.end]):
        start = span.start + label.end()
        rest = doc.prosa[start : start + 90].split("\n\n")[0]
        if campo in {"vin", "motor"}:
            code = _CODE.match(rest)
            if code:
                yield Trozo(start + code.start("v"), start + code.end("v")), "en el texto"
            continue
        if campo == "anio":
            year = _YEAR.match(rest)
            before = doc.prosa[max(span.start, start - 50) : span.start + label.start()]
            if year and not _OF_A_FILE.search(before):
                yield Trozo(start + year.start("v"), start + year.end("v")), "en el texto"
            continue
        stop = _STOP.search(rest, 1)
        end = stop.start() if stop else len(rest)
        yield Trozo(start, start + end), "en el texto"


def _kinds(doc: TextoDePapel, span: Trozo) -> Iterator[tuple[Trozo, str]]:
    """The word for what it is, where it stands before its make or plate."""
    for match in _KIND.finditer(doc.prosa, span.start, span.end):
        after = doc.prosa[match.end() : match.end() + 30]
        if re.match(r"\s*,?\s*(?:MARCA|PLACA|PATENTE|P\.?P\.?U|MODELO)\b", after) or _make_behind(
            doc, match.end()
        ):
            yield Trozo(*match.span()), "en el texto"


def _makes(doc: TextoDePapel, span: Trozo) -> Iterator[tuple[str, Trozo, str]]:
    """Make and model that stand together: beside one label, or right behind what it is."""
    for trozo in labelled(doc, "marca_modelo"):
        if span.start <= trozo.start < span.end:
            for campo, part in _split_make(doc, trozo):
                yield campo, part, "etiqueta"
    places = [match.end() for match in _THING.finditer(doc.prosa, span.start, span.end)]
    places += [match.end() for match in _BEFORE_YEAR.finditer(doc.prosa, span.start, span.end)]
    for place in places:
        make = _make_behind(doc, place)
        if make is None:
            continue
        yield "marca", make, "en el texto"
        rest, *paragraphs = doc.prosa[make.end : make.end + 70].split("\n\n")
        stop = _STOP.search(rest)
        end = make.end + (stop.start() if stop else len(rest))
        words = doc.texto[make.end : end].split()
        is_whole = stop or paragraphs
        # Whatever goes on in small letters is no model any more.
        if is_whole and words and len(words) <= _MODEL_WORDS and not any(map(_is_small, words)):
            yield "modelo", Trozo(make.end, end), "en el texto"


def _is_small(word: str) -> bool:
    """Whether a word is in small letters; «i10» is a name."""
    return word[0].islower() and not re.search(r"\d", word)


def _make_behind(doc: TextoDePapel, place: int) -> Trozo | None:
    words = list(re.finditer(r"\s+[A-Z0-9-]+", doc.prosa[place : place + 40]))
    for count in range(min(len(words), _MAKE_WORDS), 0, -1):
        start, end = place + words[0].start(), place + words[count - 1].end()
        text = " ".join(doc.texto[start:end].split())
        is_make = is_marca(text) or _HEAVY.fullmatch(flat(text)) is not None
        if words[0].start() == 0 and is_make and not text[0].islower():
            return Trozo(start + 1, end)
    return None


def _split_make(doc: TextoDePapel, trozo: Trozo) -> list[tuple[str, Trozo]]:
    """The parts of a value that begins with a make that is known; nothing of another one."""
    split = split_marca_modelo(doc.texto[trozo.start : trozo.end])
    if split is None:
        return []
    make = re.match(
        r"\s*" + r"[\s/|,;-]+".join(map(re.escape, split[0].split())),
        doc.texto[trozo.start : trozo.end],
    )
    if make is None:
        return []
    end = trozo.start + make.end()
    rest = re.match(r"[\s/|,;-]*", doc.prosa[end : trozo.end])
    model = Trozo(end + (rest.end() if rest else 0), trozo.end)
    parts = [("marca", Trozo(trozo.start, end))]
    return [*parts, ("modelo", model)] if model.end > model.start else parts


def _value(doc: TextoDePapel, campo: str, trozo: Trozo, rule: str) -> DatoHallado | None:
    text = doc.prosa[trozo.start : trozo.end]
    before = len(text) - len(text.lstrip(" :,."))
    start, end = trozo.start + before, trozo.start + len(text.rstrip(" :,.;"))
    if end <= start:
        return None
    value, shown = doc.prosa[start:end], " ".join(doc.texto[start:end].split())
    boxes = doc.boxes(start, end)
    if campo == "vin":
        code = re.fullmatch(r"[A-Z0-9][A-Z0-9.\s-]{4,25}", value)
        if code is None or not re.search(r"\d{3}", value):
            return None
        return _vin(doc, Trozo(start, end), rule)
    if campo == "motor":
        if not re.fullmatch(r"[A-Z0-9][A-Z0-9./ -]{3,24}", value) or not re.search(r"\d", value):
            return None
        return DatoHallado(re.sub(r"\s", "", shown).upper(), rule, boxes, 0.9)
    if campo == "anio":
        year = _YEAR.match(value)
        return DatoHallado(year["v"], rule, boxes, 0.97) if year else None
    if campo == "tipo_vehiculo":
        if len(value) > 30 or not _KIND.match(value):
            return None
        return DatoHallado(shown, rule, boxes, 0.9)
    if (
        len(value) > _LONGEST[campo]
        or not re.search(r"[A-Z0-9]", value)
        or re.search(r":|\b(?:MARCA|MODELO)\b", value)
        or _LABEL_INSTEAD.match(value)
    ):
        return None
    return DatoHallado(shown, rule, boxes, 0.9)


def _vin(doc: TextoDePapel, trozo: Trozo, rule: str) -> DatoHallado:
    value = re.sub(r"[^A-Z0-9]", "", doc.prosa[trozo.start : trozo.end])
    boxes = doc.boxes(*trozo)
    if vin_adds_up(value):
        return DatoHallado(value, "dígito del VIN", boxes, 0.99)
    if set("IOQ") & set(value):
        return DatoHallado(
            value, rule, boxes, 0.5, "Un VIN no lleva las letras I, O ni Q. Revise si son 1 o 0."
        )
    return DatoHallado(value, rule, boxes, 0.9)


def _read_table(doc: TextoDePapel) -> list[_Row]:
    """The rows of a table that has a column of plates; nothing where there is no such table."""
    lines = lines_of(doc)
    for number, cells in enumerate(lines):
        header = [_field_of(doc.plano[cell.start : cell.end]) for cell in cells]
        if header.count("patente") != 1 or len([one for one in header if one]) < 3:
            continue
        rows: list[_Row] = []
        for below in lines[number + 1 :]:
            columns = _columns(doc, cells, below)
            plate = next((columns[n] for n, name in enumerate(header) if name == "patente"), None)
            patente = plate_in(doc.plano[plate.start : plate.end]) if plate else None
            if patente is None:
                if rows:
                    break
                continue
            rows.append(
                _Row(
                    {
                        name: cell
                        for name, cell in zip(header, columns, strict=True)
                        if name and cell
                    },
                    patente,
                )
            )
        if rows:
            return rows
    return []


def _field_of(text: str) -> str:
    text = text.strip(" :.*")
    for campo in (
        "patente",
        "patente_dv",
        "tipo_vehiculo",
        "marca_modelo",
        "marca",
        "modelo",
        "anio",
        "color",
        "vin",
        "motor",
    ):
        if re.fullmatch(rf"(?:{LABELS[campo]})", text):
            return campo
    return ""


def _columns(
    doc: TextoDePapel, header: list[CeldaDeLinea], row: list[CeldaDeLinea]
) -> list[Trozo | None]:
    """The cells of a row by the columns of the header: as many, or by where they stand."""
    if len(row) == len(header):
        return [Trozo(cell.start, cell.end) for cell in row]
    starts = [doc.words(cell.start, cell.start + 1)[0].caja.x0 for cell in header]
    found: list[Trozo | None] = [None] * len(header)
    for word in doc.words(row[0].start, row[-1].end):
        column = max((n for n, x0 in enumerate(starts) if x0 <= word.caja.x0 + 4), default=0)
        known = found[column]
        found[column] = Trozo(known.start if known else word.start, word.end)
    return found


def _from_row(doc: TextoDePapel, row: _Row) -> dict[str, DatoHallado]:
    plate, patente = row.cells["patente"], row.patente
    dv = patente.dv
    boxes = doc.boxes(*plate)
    if beside := row.cells.get("patente_dv"):
        dv = doc.plano[beside.start : beside.end].strip() or dv
    is_checked = bool(dv) and dv == patente.dv_esperado
    duda = ""
    if dv and patente.dv_esperado and not is_checked:
        duda = f"El dígito de la patente dice {dv} y debería ser {patente.dv_esperado}."
    found = {
        "patente": DatoHallado(
            patente.valor, "tabla", boxes, 0.4 if duda else 0.99 if is_checked else 0.9, duda
        )
    }
    if dv:
        found["patente_dv"] = DatoHallado(dv, "tabla", boxes, 0.4 if duda else 0.95, duda)
    for campo, cell in row.cells.items():
        if campo in {"patente", "patente_dv"}:
            continue
        if campo == "marca_modelo":
            for name, part in _split_make(doc, cell):
                if hallazgo := _value(doc, name, part, "tabla"):
                    found[name] = hallazgo
            continue
        if hallazgo := _value(doc, campo, cell, "tabla"):
            found[campo] = hallazgo
    return found


def _share_vins(doc: TextoDePapel, vehicles: list[dict[str, DatoHallado]]) -> None:
    """«Chasis X e Y, respectivamente»: one for each row, in their order."""
    if any("vin" in vehicle for vehicle in vehicles) or "RESPECTIVAMENTE" not in doc.prosa:
        return
    matches = list(find_vins(doc))
    if len(matches) == len(vehicles):
        for vehicle, match in zip(vehicles, matches, strict=True):
            vehicle["vin"] = _vin(doc, Trozo(*match.span()), "en su orden")
