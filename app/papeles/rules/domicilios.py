"""The addresses of the people of a case: where they live first, then all others that a paper gives.

An address is somebody's whose cue or RUT stands before it; a creditor's or a lawyer's is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from app.core.comunas import Comuna, find_comuna
from app.core.text import fold
from app.papeles.rules import DatoHallado
from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.etiquetas import LABELS, Trozo, labelled, lines_of
from app.papeles.rules.partes import PersonaHallada, Pistas, RolDePersona

#: Addresses of a paper that are looked at, and those that are proposed beside the first.
_MOST, _MOST_OTHERS = 300, 8
#: A table of people and vehicles with everything in one row is another thing.
_MOST_COLUMNS = 4
_ADDRESS = re.compile(
    r"\b(?:DOMICILIAD[OA]S?(?:,?\s+(?!EN\b)\w+){0,5}?,?\s+EN\b"
    r"|DOMICILIOS?(?:,?\s+(?!EN\b|ES\b|DOMICILI)\w+){0,6}?,?\s+(?:EN|ES|CORRESPONDE\s+A)\b"
    r"|\bSU\s+DOMICILIO\s+DE\b(?!\s+(?:(?:L[AO]S?|EL)\s+)?(?:EJECUTAD|DEMANDAD|DEUDOR|PROPIETARI|DON|SU\b))"
    r"|\bME\s+CONSTITUI\s+EN\b"
    r"|DOMICILIOS(?:\s+\w+){0,3}?\s*:"
    r"|(?:DOMICILIO|RESIDENCIA|PARADERO|DIRECCION)(?:\s+\w+){0,3}?\s*:"
    r"|(?:VIVE|VIVIENDO|RESIDE|RESIDENTE|HABITA|HABITANDO|MORA|AVECINDAD[OA]|UBICABLE|RESIDENCIA)\s+EN\b)"
    r"\s*:?\s*"
)
#: Words of places, of which a value after a phrase has one, or a number, or its comuna behind.
_PLACE = re.compile(
    r"\d|\bS/N\b|\b(?:CALLE|AVENIDA|AV|AVDA|PASAJE|PJE|PSJE|CAMINO|RUTA|KM|KILOMETRO|PARCELA|FUNDO|SITIO|LOTE"
    r"|SECTOR|VILLA|POBLACION|POB|BLOCK|DEPTO|DPTO|DEPARTAMENTO|CASA|CERRO|LOCALIDAD|CONDOMINIO|HIJUELA|COMUNIDAD"
    r"|EDIFICIO|TORRE|MANZANA|LOTEO|CAMPAMENTO|CHACRA|PREDIO|RESERVA|CAMPO|CASERIO|ISLA|SUBIDA|COSTANERA|GALPON"
    r"|BODEGA|LOCAL|PUEBLO|CONJUNTO)\b"
)
#: «Domiciliado en autos», «en el extranjero»: no place to go to.
_NO_PLACE = re.compile(
    r"(?:LOS\s+)?AUTOS\b|(?:EL|LA|SU|SUS|ESTOS?|ESTAS?|DICH[OA]|AQUEL)\b(?![^,]*\d)"
)
#: A second address of the same person: where they work stands after where they live.
_WORK = re.compile(r"\b(?:LABORAL|COMERCIAL|TRABAJO|TRIBUTARI[OA]|POSTAL)\b")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:AV|AVDA|AVE|PJE|PSJE|PSJ|DPTO|DEPTO|DP|OF|N|NRO|POB|KM|STA|STO|GRAL|PDTE|CDTE|CNEL"
    r"|INT|BLK|BLOCK|S/N|ESQ|VLL|SN|DR|ING|TTE|CAP|PBRO|ALM)$"
)
_ADDRESS_END = re.compile(
    r"\n\n|;|\"|(?P<dot>\.)(?=\s|$)|,\s*(?:CON\s|PARA\s|QUIEN|A\s+FIN|DENTRO\s|Y\s+A\s+DON|EN\s+SU\s+CALIDAD"
    r"|REGION\s|TODO|AMBOS|ASIMISMO|SIN\s+(?!NUMERO)|PREVIO|DEBIENDO|QUE\s|EL\s+QUE|LO\s+QUE|LA\s+QUE|CUY[OA]"
    r"|DOMICILIO\s+DEL?|DE\s+EST[EA]\s+(?:CIUDAD(?!,?\s+COMUNA)|DOMICILIO)|DE\s+(?:PROPIEDAD|DOMINIO)|CEDULA|R\.?U\.?[TN]|ROL\s|TELEFONO|FONO|CELULAR"
    r"|CORREO|EN\s+CONTRA|REPRESENTAD|INSCRIT|RESPECTO|A\s+QUIEN|POR\s|DURANTE\s|HACIENDO|FACULT|SIRVASE|SE\s)"
    r"|,?\s+Y\s+(?:(?:EN\s+)?(?:SU\s+)?(?:DOMICILIO\s+)?(?:LABORAL|COMERCIAL|PARTICULAR)\b|TAMBIEN\b|EN\s+SU\b)"
    r"|\s(?:CON\s+AUXILIO|DENTRO\s+DE|PARA\s+QUE)\b"
)
_COMUNA = re.compile(
    r"(?:,\s*DE\s+ESTA\s+CIUDAD)?[,.]?\s*\b(?:(?:DE|EN)\s+(?:LA|ESTA)\s+(?:MISMA\s+)?)?COMUNA\s*(?:DE\s+|:\s*|\s)"
)
_CITY_OF = re.compile(r"\s*(?:(?:DE|EN)\s+)?(?:LA\s+)?(?:CIUDAD|LOCALIDAD)\s+DE\s+")
#: Where parents or a relative of theirs live.
_FAMILY = re.compile(
    r"\b(?:FAMILIAR(?:ES)?|(?:DE\s+SUS?\s+)?(?:PADRES?|MADRE|HERMAN[OA]S?|CONYUGE))\b"
)
#: Another place in the same sentence: «…, y en Prat 12».
_FURTHER = re.compile(
    r",?\s+(?:Y|O|COMO|ASIMISMO)\s+(?:(?:TAMBIEN|ADEMAS|ASIMISMO)\s+)?EN\s+(?!SU\b|CASO\b|CONTRA\b|AUTOS\b)"
)
#: What stands between a RUT and an address that has no word for it, and such an address.
_BEHIND_RUT = re.compile(r"\)?,\s+(?!\w+(?:AD|ID)[OA]S?\s+EN\b|QUIEN\b|CON\b)")
_STREET = re.compile(r"[A-Z][A-Z .'’]{2,60}?\s(?:N°\s?)?\d{1,5}\b")
#: A line of an enumeration.
_ITEM = re.compile(r"\s*(?:[A-Z0-9]{1,2}[.)]-?|[-•*·])\s+(?P<v>[^\n]{6,180})(?=\n|$)")


class DireccionHallada(NamedTuple):
    """An address of somebody of the case."""

    direccion: DatoHallado
    comuna: DatoHallado | None
    #: ``domicilio``, ``trabajo``, ``familiar`` or ``otro``.
    tipo: str
    #: Whose it is; None where no word before it says that.
    rol: RolDePersona | None
    persona: PersonaHallada | None

    @property
    def is_home(self) -> bool:
        """Whether the person of the case may live there."""
        return self.tipo == "domicilio" and (self.rol is None or self.rol.is_sought)


class _Lugar(NamedTuple):
    """A part of the text that may be an address, and the place whose holder it has."""

    cue: int
    trozo: Trozo
    is_labelled: bool
    #: Of a table of addresses, whose person is that of the case: the cell of the comuna.
    comuna: Trozo | None = None


def find_addresses(
    doc: TextoDePapel, people: list[PersonaHallada]
) -> tuple[DireccionHallada | None, DatoHallado | None, list[DireccionHallada]]:
    """The address of the person of the case, a comuna that stands without one, and all others."""
    found = [*_all_of(doc, people)]
    first = next((one for one in found if one.is_home), None)
    if first is None:
        theirs = (one for one in found if one.rol is None or one.rol.is_sought)
        first = next(theirs, None)
    beside = _comuna_beside(doc)
    known = {_key(first)} if first else set[str]()
    others: list[DireccionHallada] = []
    for one in found:
        if one.rol is not None and one.rol.is_party and _key(one) not in known:
            known.add(_key(one))
            others.append(one)
    if first is None:
        return None, beside if any(labelled(doc, "direccion")) and not others else None, others
    first = first._replace(comuna=first.comuna or beside)
    return first, None, others[:_MOST_OTHERS]


def _key(one: DireccionHallada) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(one.direccion.valor)).strip()


def _all_of(doc: TextoDePapel, people: list[PersonaHallada]) -> Iterator[DireccionHallada]:
    """The addresses of a paper in its order, but those of creditors, lawyers and others."""
    pistas = Pistas(doc, people)
    places = [*_places(doc)]
    places += [
        one
        for one in _behind(doc, people)
        if not any(one.trozo.start <= other.trozo.start < one.trozo.end for other in places)
    ]
    places = sorted(places, key=lambda one: one.trozo.start)[:_MOST]
    comunas = [*islice(labelled(doc, "comuna"), _MOST)]
    for number, place in enumerate(places):
        rol, persona = pistas.holder(place.cue, has_line=place.is_labelled)
        if place.comuna:
            rol, persona = RolDePersona.DEUDOR, None
        if rol is not None and not rol.is_party:
            continue
        direccion, comuna = _split_address(doc, place.trozo)
        if direccion is None:
            continue
        if place.comuna:
            comuna = _read_comuna(doc, *place.comuna)
        told = doc.prosa[place.trozo.start : place.trozo.end]
        if not (comuna or _PLACE.search(told)):
            continue
        if not place.is_labelled and _NO_PLACE.match(told.lstrip()):
            continue
        if comuna is None:
            after = places[number + 1].trozo.start if number + 1 < len(places) else len(doc.texto)
            comuna = _first_comuna(
                doc, [one for one in comunas if place.trozo.end <= one.start < after]
            )
        yield DireccionHallada(direccion, comuna, _kind_of(doc, place, rol), rol, persona)


def _kind_of(doc: TextoDePapel, place: _Lugar, rol: RolDePersona | None) -> str:
    before = doc.prosa[max(0, place.trozo.start - 30) : place.trozo.start]
    if rol is not None and not rol.is_sought:
        return "otro"
    if found := _WORK.search(before):
        return "otro" if found[0] == "POSTAL" else "trabajo"
    return "familiar" if _FAMILY.search(before) else "domicilio"


def _behind(doc: TextoDePapel, people: list[PersonaHallada]) -> Iterator[_Lugar]:
    """Addresses without a word for them: right behind the RUT of their person, with a comuna."""
    for person in people:
        found = _BEHIND_RUT.match(doc.prosa, person.rut.end) if person.rut else None
        if found is None or not person.rol.is_party:
            continue
        trozo = _address_after(doc, found.end())
        direccion, comuna = _split_address(doc, trozo)
        if direccion and comuna and _STREET.match(doc.prosa, trozo.start, trozo.end):
            yield _Lugar(found.end(), trozo, is_labelled=False)


def _places(doc: TextoDePapel) -> Iterator[_Lugar]:
    yield from islice(_in_table(doc), _MOST)
    beside = [*islice(labelled(doc, "direccion"), _MOST)]
    for one in beside:
        yield _Lugar(one.start, one, is_labelled=True)
    for found in islice(_ADDRESS.finditer(doc.prosa), _MOST):
        if any(found.start() <= one.start <= found.end() + 3 for one in beside):
            continue
        listed = [*_listed(doc, found)]
        if listed:
            for trozo in listed:
                yield _Lugar(found.start(), trozo, is_labelled=False)
            continue
        start = found.end()
        whole = _address_after(doc, start)
        for more in _FURTHER.finditer(doc.prosa, start, whole.end):
            rest = doc.prosa[more.end() : whole.end]
            if not _PLACE.search(rest) or not re.search(r"\d", doc.prosa[start : more.start()]):
                continue
            yield _Lugar(found.start(), Trozo(start, more.start()), is_labelled=False)
            start = more.end()
        yield _Lugar(found.start(), Trozo(start, whole.end), is_labelled=False)


def _in_table(doc: TextoDePapel) -> Iterator[_Lugar]:
    """The rows of a table that has a column of addresses and one of comunas."""
    lines = lines_of(doc)
    for number, header in enumerate(lines):
        names = [doc.plano[cell.start : cell.end].strip(" *.:") for cell in header]
        streets, comunas = (
            [n for n, name in enumerate(names) if re.fullmatch(LABELS[campo], name)]
            for campo in ("direccion", "comuna")
        )
        if len(streets) != 1 or len(comunas) != 1 or len(header) > _MOST_COLUMNS:
            continue
        for row in lines[number + 1 :]:
            if len(row) != len(header):
                break
            # Another heading begins its own rows.
            if doc.plano[row[streets[0]].start : row[streets[0]].end].strip() == names[streets[0]]:
                break
            street, comuna = row[streets[0]], row[comunas[0]]
            yield _Lugar(
                street.start,
                Trozo(street.start, street.end),
                is_labelled=True,
                comuna=Trozo(comuna.start, comuna.end),
            )


def _listed(doc: TextoDePapel, cue: re.Match[str]) -> Iterator[Trozo]:
    """The lines below «los siguientes domicilios:», each with its letter, number or dot."""
    if not re.match(r"DOMICILIOS\b.*:\s*$", cue[0]):
        return
    place = cue.end()
    while item := _ITEM.match(doc.plano, place):
        yield Trozo(item.start("v"), item.end("v"))
        place = item.end()


def _address_after(doc: TextoDePapel, start: int) -> Trozo:
    text = doc.prosa[start : start + 260]
    for end in _ADDRESS_END.finditer(text):
        if end["dot"] and _ABBREVIATED.search(text[: end.start()]):
            continue
        return Trozo(start, start + end.start())
    return Trozo(start, start + len(text))


def _split_address(
    doc: TextoDePapel, trozo: Trozo
) -> tuple[DatoHallado | None, DatoHallado | None]:
    text = doc.prosa[trozo.start : trozo.end]
    comuna: DatoHallado | None = None
    if found := _COMUNA.search(text):
        place = trozo.start + found.end()
        comuna = _read_comuna(doc, place, min(len(doc.prosa), place + 40))
        text = text[: found.start()]
    else:
        text = _until_comuna(text)
        comma = text.rfind(",")
        while comma > 0:
            city = _CITY_OF.match(text, comma + 1)
            shift = city.end() if city else comma + 1
            last = text[shift:].strip(" .")
            if find_comuna(last):
                comuna = _read_comuna(doc, trozo.start + shift, trozo.start + len(text))
                text = text[:comma]
                break
            if not re.match(r"(?:REGION|CHILE|PROVINCIA|CIUDAD)\b", last):
                break
            text = text[:comma]
            comma = text.rfind(",")
    text = text.rstrip(" ,.;:\n")
    before = len(text) - len(text.lstrip(" ,:\n"))
    start, end = trozo.start + before, trozo.start + len(text)
    value = " ".join(doc.texto[start:end].split())
    if len(value) < 4 or len(value) > 190:
        return None, comuna
    return DatoHallado(value, "domicilio", doc.boxes(start, end), 0.9), comuna


def _until_comuna(text: str) -> str:
    """An address as far as its comuna between commas; whatever follows is another thing."""
    parts = text.split(",")
    for number in range(1, len(parts) - 1):
        if find_comuna(parts[number].strip()) and not find_comuna(parts[number + 1].strip(" .")):
            return ",".join(parts[: number + 1])
    return text


def _read_comuna(doc: TextoDePapel, start: int, end: int) -> DatoHallado | None:
    text = doc.prosa[start:end].split("\n\n")[0]
    words = list(re.finditer(r"[A-Z'’]+", re.split(r"[,;.:]", text.lstrip(" "))[0]))
    shift = len(text) - len(text.lstrip(" "))
    for count in range(min(len(words), 5), 0, -1):
        name = " ".join(word[0] for word in words[:count])
        comuna: Comuna | None = find_comuna(name)
        if comuna is not None:
            place = Trozo(start + shift + words[0].start(), start + shift + words[count - 1].end())
            return DatoHallado(comuna.nombre, "lista de comunas", doc.boxes(*place), 0.97)
    return None


def _comuna_beside(doc: TextoDePapel) -> DatoHallado | None:
    """The first comuna beside its label."""
    return _first_comuna(doc, islice(labelled(doc, "comuna"), _MOST))


def _first_comuna(doc: TextoDePapel, places: Iterable[Trozo]) -> DatoHallado | None:
    return next((found for one in places if (found := _read_comuna(doc, *one))), None)
