"""The parts of fields that a list keeps in columns of their own, or several fields in one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest

from app.core.comunas import find_comuna, find_region
from app.core.errors import InvalidValue
from app.core.marcas import in_title_case, split_marca_modelo
from app.core.patente import parse_patente
from app.core.rut import parse_rut, rut_digit
from app.core.text import clean_text, fold
from app.core.tribunales import find_tribunal
from app.oficios.rules.campos import CAMPOS
from app.planillas.rules.oficio_headers import A_NOTAS, JUNTO, PARTES


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: A plate in two or three columns, in their order.
PARTES_DE_PATENTE = ("patente_letras", "patente_medio", "patente_digitos")
A_ROL = re.compile(
    r"\b[A-Z]\s*-\s*\d[\d.]*\s*-\s*\d{4}\b",
    re.IGNORECASE,
)
#: A rol without its letter, or with a year of two digits.
SHORT_ROL = re.compile(
    r"(?:rol|rit)?\s*(?:n[°º.]?\s*)?:?\s*(?:([A-Z])\s*[-–.]?\s*)?"
    r"(\d{1,3}\.\d{3}|\d{1,6})\s*[-–/]\s*(20[0-3]\d|[0-3]\d)",
    re.IGNORECASE,
)
_RUT = re.compile(r"(?<![\w.-])(?:\d{1,2}\.\d{3}\.\d{3}|\d{7,8})\s*-\s*[\dkK](?![\w-])")
_BARE_RUT = re.compile(r"\d{1,2}\.?\d{3}\.?\d{3}")
_YEAR_AT_END = re.compile(r"(?i)[\s,;(/]+(?:a[ñn]o\s*:?\s*)?((?:19|20)\d{2})\)?$")
#: «Maipú / Metropolitana», «Maipú (RM)».
_BESIDE_COMUNA = re.compile(r"(.+?)\s*(?:[/,(]|\s-\s)\s*(.+?)\)?")
_BESIDE_STREET = re.compile(r"(.*\d[^(/]*?)\s*(?:\(\s*|\s/\s*)([^()/\d]+?)\s*\)?")
_PLATE_WORDS = re.compile(
    r"(?i)\b(?:p\.?p\.?u\.?|placas?|patentes?|[uú]nica|veh[ií]culo|n[°º])(?![A-Za-z])\s*:?"
)
_PLATE_AT_END = re.compile(
    r"(?i)\b(?:p\.?p\.?u\.?|placas?(?: patente)?|patentes?)\s*(?:[uú]nica)?\s*(?:n[°º])?\s*:?\s*"
    r"([a-z]{2}[.\- ]?(?:[a-z]{2}|\d{2})[.\- ]?\d{2}(?:-[\dk])?)\b"
)
#: «Cel: 912345678», and no word that says whose it is.
_PHONE_WORDS = re.compile(
    r"(?i)(?<![^\W\d_])(?:cel(?:ular)?|fono|tel[eé]fono|telef|tel|fono fijo|fijo|m[oó]vil|wsp|wp|"
    r"whatsapp|contacto)\.?\s*:?\s*(?=[+(\d])"
)
_VEHICLE_TYPES = _set(
    "auto automovil camioneta camion station wagon suv jeep furgon moto motocicleta "
    "bus minibus tractor remolque semirremolque acoplado rampla station"
) | {"station wagon", "tracto camion", "tractocamion", "carro de arrastre"}
_BETWEEN_PLATES = re.compile(r"[/;|\n,]|\s(?:y|e|-|–)\s")
#: What stands between two parts of one cell, at its ends.
_EDGES = " \t\n,;:/|()-–—."
_LABELS = re.compile(r"(?i)\b(marca|modelo|a[ñn]o|color|chasis|motor)\b\s*(?:n[°º])?\s*:?")
_LABELLED = {
    "mar": "marca",
    "mod": "modelo",
    "ano": "anio",
    "col": "color",
    "cha": "vin",
    "mot": "motor",
}
_REGION_AT_END = re.compile(
    r"(?i)(?:[\s,.]+(?:chile|r\.?\s?m\.?|(?:[ivx]+\s)?regi[oó]n(?:\s[a-záéíóúñ']+){0,5}))+$"
)
#: What is kept of a row beside the fields of an order: several of one kind.
OTROS = tuple(name for name in PARTES if name.startswith("otro_") or name.endswith("_2"))


def as_fields(raw: Mapping[str, str]) -> dict[str, str]:
    """Return a row's texts by field, from its texts by column: what stands in two columns joined,
    what stands in one split. Of a text that cannot be split every word stays where it was.
    """
    texts = {
        name: text
        for name, text in raw.items()
        if name in CAMPOS or name in OTROS or name in JUNTO or name == "rut_sin_dv"
    }
    if is_whole(raw):
        return _whole(raw, texts)
    if halves := [raw[name] for name in PARTES_DE_PATENTE if name in raw]:
        texts["patente"] = "".join(halves)
    raw = _split_labelled(raw, texts)
    _split_plate(raw, texts)
    _strip_plate(texts)
    if year := re.fullmatch(r"(\d)[.,]?(\d{3})(?:[.,]0+)?", texts.get("anio", "").strip()):
        # A number cell as text: «2015.0», «2.015».
        texts["anio"] = year[1] + year[2]
    _drop_decimals(texts)
    for name in ("propietario_telefono", "telefono_2"):
        if name in texts:
            texts[name] = _PHONE_WORDS.sub("", texts[name])
    _join_rut(raw, texts)
    _join_patente(raw, texts)
    _join_rol(raw, texts)
    _join_name(raw, texts)
    _split_name(raw, texts)
    _split_court(raw, texts)
    _split_make(raw, texts)
    _split_address(raw, texts)
    _split_comuna(texts)
    if kept := raw.get(A_NOTAS):
        texts["notas"] = "\n".join(filter(None, (texts.get("notas"), kept)))
    return {name: text for name, text in texts.items() if text.strip()}


def is_whole(texts: Mapping[str, str]) -> bool:
    """Whether a row says of itself that each of its cells holds one thing, as Rastro's own export
    does: then nothing in it is joined, split or guessed.
    """
    return fold(texts.get("un_dato", "")).strip() == "si"


def _whole(raw: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    found = {name: text for name, text in texts.items() if name in CAMPOS or name in JUNTO}
    if kept := raw.get(A_NOTAS):
        found["notas"] = "\n".join(filter(None, (found.get("notas"), kept)))
    found["un_dato"] = raw["un_dato"]
    return {name: text for name, text in found.items() if text.strip()}


def names_plate(text: str) -> bool:
    """Whether a cell of a vehicle announces its plate."""
    found = _PLATE_AT_END.search(text)
    return found is not None and _reads_as_plate(found[1])


def _split_labelled(raw: Mapping[str, str], texts: dict[str, str]) -> Mapping[str, str]:
    """Take apart a vehicle that is described with its words, «AUTOMÓVIL MARCA KIA MODELO RIO AÑO
    2015»; return the row without it. What has no word of its own goes to the notes.
    """
    text = clean_text(raw.get("marca_modelo", ""))
    found = list(_LABELS.finditer(text))
    named = {_LABELLED[fold(one[1])[:3]] for one in found}
    if not {"marca", "modelo"} <= named or len(named) < len(found):
        return raw
    given = {
        _LABELLED[fold(one[1])[:3]]: text[one.end() : after.start() if after else None].strip(
            _EDGES
        )
        for one, after in zip_longest(found, found[1:])
    }
    plate = _PLATE_AT_END.search(text)
    if plate is not None and _reads_as_plate(plate[1]):
        texts.setdefault("patente", plate[1])
        given = {name: _PLATE_AT_END.sub(" ", one).strip(_EDGES) for name, one in given.items()}
    kind = text[: found[0].start()].strip(_EDGES)
    if kind and fold(kind) in _VEHICLE_TYPES:
        given["tipo_vehiculo"] = kind[:1].upper() + kind[1:].lower()
    elif kind:
        texts["notas"] = "\n".join(filter(None, (texts.get("notas"), f"Vehículo: {kind}")))
    for name, value in given.items():
        if value:
            texts.setdefault(name, value)
    return {name: one for name, one in raw.items() if name != "marca_modelo"}


def _drop_decimals(texts: dict[str, str]) -> None:
    """What programs made of a number that is a name: «912345678.0»."""
    for name in ("numero_oficio", "propietario_telefono", "telefono_2", "propietario_rut"):
        if found := re.fullmatch(r"\s*(\d{3,})\.0+\s*", texts.get(name, "")):
            texts[name] = found[1]


def _split_plate(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    """A plate that its word announces in the cell of the vehicle, where it has no column."""
    text = raw.get("marca_modelo", "")
    found = None if texts.get("patente") else _PLATE_AT_END.search(text)
    if found is None or not _reads_as_plate(found[1]):
        return
    texts["patente"] = found[1]
    rest = clean_text(text[: found.start()] + " " + text[found.end() :]).strip(_EDGES)
    if year := re.search(r"(?i)\ba[ñn]o\s+((?:19|20)\d{2})\b", rest):
        texts.setdefault("anio", year[1])
        rest = clean_text(rest.replace(year[0], " "))
    texts["marca"] = rest


def _strip_plate(texts: dict[str, str]) -> None:
    """Take a plate out of the words around it («PPU: HJKL21», «HJKL22 (camioneta)»); what they say
    of the vehicle goes to its type, or to the notes.
    """
    text = clean_text(texts.get("patente", "")).strip("'\"´`’* ")
    if not text or _reads_as_plate(text):
        texts["patente"] = text
        return
    inside = re.findall(r"\(([^)]*)\)", text)
    plain = re.sub(r"\([^)]*\)", " ", text)
    plain = _PLATE_WORDS.sub(" ", plain).strip(" :.-–")
    if not _reads_as_plate(plain):
        return
    texts["patente"] = plain
    for words in filter(None, map(clean_text, inside)):
        if fold(words) in _VEHICLE_TYPES and not texts.get("tipo_vehiculo"):
            texts["tipo_vehiculo"] = words[:1].upper() + words[1:].lower()
        elif not _PLATE_WORDS.fullmatch(words):
            texts["notas"] = "\n".join(filter(None, (texts.get("notas"), f"Patente: {text}")))


def _reads_as_plate(text: str) -> bool:
    try:
        parse_patente(text)
    except InvalidValue:
        return False
    return True


def _join_rut(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    if bare := clean_text(raw.get("rut_sin_dv", "")):
        digits = re.sub(r"\D", "", bare)
        texts["propietario_rut"] = f"{bare}-{rut_digit(digits)}" if is_bare_rut(bare) else bare
        return
    dv, number = clean_text(raw.get("rut_dv", "")), clean_text(texts.get("propietario_rut", ""))
    if dv and _BARE_RUT.fullmatch(number.lstrip("0")):
        texts["propietario_rut"] = f"{number}-{dv}"
    elif dv and number and not number.upper().endswith(dv.upper()):
        # It has a digit already, and another one: neither is dropped unseen.
        texts["propietario_rut"] = f"{number} / DV {dv}"


def _join_patente(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    dv, plate = clean_text(raw.get("patente_dv", "")), clean_text(texts.get("patente", ""))
    if not dv or not plate:
        return
    try:
        has_digit = parse_patente(plate).dv
    except InvalidValue:
        return
    if has_digit is None:
        texts["patente"] = f"{plate}-{dv}"


def _join_rol(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    letter, year = clean_text(raw.get("rol_letra", "")), clean_text(raw.get("rol_anio", ""))
    number = clean_text(texts.get("rol", ""))
    if year and re.fullmatch(r"(?:[A-Za-z]\s*-\s*)?\d[\d.]*", number):
        number = f"{number}-{year}"
    if letter and re.match(r"\d", number):
        number = f"{letter[:1].upper()}-{number}"
    if letter or year:
        texts["rol"] = number


def _join_name(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    parts = [
        texts.get("propietario_nombre", ""),
        raw.get("apellido_paterno", ""),
        raw.get("apellido_materno", ""),
    ]
    if any(parts[1:]):
        texts["propietario_nombre"] = clean_text(" ".join(parts))


def _split_name(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    """A person's name and RUT in one cell; several of them are left to :mod:`many_in_cell`."""
    for field, other in (("nombre_rut", ""), ("propietario_nombre", "propietario_rut")):
        text = raw.get(field, "")
        found = _RUT.findall(text)
        if field == "nombre_rut":
            texts.setdefault("propietario_nombre", text)
        if len(found) != 1 or (other and texts.get(other)):
            continue
        name = re.sub(r"(?i)\b(?:rut|run|c\.?\s?i)\b\.?\s*(?:n[°º])?\s*:?", " ", text)
        name = clean_text(name.replace(found[0], " ")).strip(_EDGES)
        texts["propietario_nombre"] = name
        texts["propietario_rut"] = found[0]
    number = texts.get("propietario_rut", "")
    if not texts.get("propietario_nombre") and len(_RUT.findall(number)) == 1:
        found = _RUT.findall(number)
        name = clean_text(number.replace(found[0], " ")).strip(_EDGES)
        if len(name.split()) > 1 and not re.search(r"\d", name):
            texts["propietario_nombre"], texts["propietario_rut"] = name, found[0]


def holds_name_and_rut(text: str) -> bool:
    """Whether a cell holds the words of one person beside one RUT."""
    found = _RUT.findall(text)
    words = text.replace(found[0], " ") if len(found) == 1 else ""
    return len(re.findall(r"[^\W\d_]{2,}", words)) > 1 and not re.search(r"\d", words)


def _split_court(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    for field in ("rol_tribunal", "tribunal", "rol"):
        text = clean_text(raw.get(field, ""))
        found = A_ROL.search(text)
        if field == "rol_tribunal" and found is None and text:
            texts.setdefault("tribunal", text)
        if found is None:
            continue
        rest = clean_text(text.replace(found[0], " ")).strip(_EDGES)
        rest = re.sub(r"(?i)\b(?:rol|rit)\b(?:\s*n[°º])?[\s:.]*$|^(?:rol|rit)\b[\s:.]*", "", rest)
        rest = rest.strip(_EDGES)
        if field == "tribunal" and (texts.get("rol") or not rest):
            continue
        if field == "rol" and (texts.get("tribunal") or len(rest.split()) < 3):
            continue
        texts["rol"] = found[0]
        if rest:
            texts["tribunal"], parties = _court_and_parties(rest)
            if parties:
                name = "notas" if texts.get("caratulado") else "caratulado"
                texts[name] = "\n".join(filter(None, (texts.get(name), parties)))
        return


def _court_and_parties(text: str) -> tuple[str, str]:
    """«3° JC Stgo. BANCO con SOTO»: the court, and who is against whom behind it."""
    words = text.split()
    if find_tribunal(text) is None:
        for count in range(min(len(words) - 1, 9), 1, -1):
            court = " ".join(words[:count]).strip(_EDGES)
            if find_tribunal(court):
                return court, " ".join(words[count:]).strip(_EDGES)
    return text, ""


def _split_make(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    joined = clean_text(raw.get("marca_modelo", ""))
    if joined and texts.get("marca") and _PLATE_AT_END.search(joined):
        joined = texts["marca"]  # without its plate
    text = joined or clean_text(texts.get("marca", ""))
    if not text and not texts.get("modelo"):
        return
    written = raw.get("marca_modelo") or texts.get("marca", "")
    if len(in_parts(written)) > 1 and len(_BETWEEN_PLATES.split(texts.get("patente", ""))) > 1:
        # Of several vehicles: each is split once it stands with its plate.
        texts["marca"] = written
        return
    if raw.get("marca_modelo") or not texts.get("modelo"):
        if not texts.get("anio") and (year := _YEAR_AT_END.search(text)):
            texts["anio"] = year[1]
            text = text[: year.start()]
        found = split_marca_modelo(text)
        if found:
            texts["marca"], model = found
        else:
            texts["marca"], _, model = (
                text.partition(" ") if raw.get("marca_modelo") else (text, "", "")
            )
        if model:
            texts["modelo"] = model
    else:
        # «Marca: TOYOTA», «Modelo: TOYOTA YARIS».
        found = split_marca_modelo(texts["modelo"])
        if found and found[1] and text.casefold() in ("", found[0].casefold()):
            texts["marca"], texts["modelo"] = found
    for name in ("marca", "modelo"):
        # «#N/A» is what went wrong in a formula, and told as it is written.
        if texts.get(name) and not texts[name].startswith("#"):
            texts[name] = in_title_case(clean_text(texts[name]))


def in_parts(text: str) -> list[str]:
    """What stands in one cell of several vehicles, one text for each."""
    return [part for part in re.split(r"\s*[/;|\n]\s*", text) if part.strip()]


def split_make(car: dict[str, str]) -> None:
    """Split the make and model of one of several vehicles, whose texts stood in one cell."""
    _split_make({"marca_modelo": car.pop("marca")} if not car.get("modelo") else {}, car)


def _split_address(raw: Mapping[str, str], texts: dict[str, str]) -> None:
    street = raw.get("direccion_comuna") or texts.get("direccion", "")
    if "\n" not in street:
        number, flat = (
            clean_text(raw.get(f"direccion_{part}", "")) for part in ("numero", "depto")
        )
        if street and number and not re.search(rf"\b{re.escape(number)}\b", street):
            street = f"{clean_text(street)} {number}"
        if street and flat:
            flat = flat if re.search("[A-Za-z]{3}", flat) else f"depto. {flat}"
            street = f"{street}, {flat}"
    if street:
        texts["direccion"] = street
    if street and not texts.get("comuna") and (found := split_street(street)):
        texts["direccion"], texts["comuna"] = found


def _split_comuna(texts: dict[str, str]) -> None:
    """A comuna with its own region in one cell; with another one it stays as it is written."""
    text = clean_text(texts.get("comuna", ""))
    found = _BESIDE_COMUNA.fullmatch(text)
    if found is None or find_comuna(text):
        return
    comuna = find_comuna(found[1])
    if comuna and find_region(found[2]) == comuna.region_corta:
        texts["comuna"] = found[1]


def split_street(text: str) -> tuple[str, str] | None:
    """Street and comuna of an address that ends in its comuna; None where it does not."""
    lines = [clean_text(line) for line in text.split("\n") if clean_text(line)]
    if len(lines) == 2 and re.search(r"\d", lines[0]) and is_comuna(lines[1]):
        lines = [f"{lines[0].rstrip(' ,')}, {lines[1]}"]
    if len(lines) != 1:
        return None
    line = lines[0].rstrip(" .")
    line = _REGION_AT_END.sub("", line)
    head, mark, tail = line.rpartition(",")
    if not mark:
        head, mark, tail = line.rpartition(" - ")
    before, _, place = head.rpartition(",")
    if before and find_comuna(tail) and find_comuna(place) and re.search(r"\d", before):
        # «…, Maipú, Santiago»: the comuna, then its city.
        head, tail = before, place
    tail = re.sub(r"(?i)^\s*(?:comuna|ciudad)(?: de)?\b", "", tail).strip(" .()")
    if mark and re.search(r"\d", head) and find_comuna(tail):
        return head.strip(" ,"), tail
    # «Los Leones 12 (Ñuñoa)», «Los Leones 12 / Ñuñoa».
    if (beside := _BESIDE_STREET.fullmatch(line)) and find_comuna(beside[2]):
        return beside[1].strip(" ,"), beside[2]
    found = re.search(r"(?i)[\s,]+comuna(?: de)?\s+(.+)$", line)
    if found and find_comuna(found[1]):
        return line[: found.start()].strip(" ,"), found[1]
    return None


def is_comuna(text: str) -> bool:
    """Whether a line of an address is a comuna alone."""
    name = re.sub(r"(?i)^(?:comuna|ciudad)(?: de)?\b|[\s,]+chile$", "", text).strip(" .,()")
    return find_comuna(name) is not None


def is_bare_rut(text: str) -> bool:
    """Whether a cell holds the digits of a RUT without its check digit."""
    return bool(_BARE_RUT.fullmatch(clean_text(text).lstrip("0")))


def digit_fits(number: str, dv: str) -> bool:
    """Whether a check digit is the one of a RUT's digits."""
    try:
        return parse_rut(f"{number}-{dv}").valido
    except InvalidValue:
        return False


def plate_digit_fits(plate: str, dv: str) -> bool:
    """Whether a check digit is the one of a plate."""
    try:
        return parse_patente(plate).dv_esperado == dv.upper()
    except InvalidValue:
        return False
