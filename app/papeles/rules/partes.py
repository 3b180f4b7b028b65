"""Who is who in a paper: the owner or debtor and their address, and nobody else's.

A person's part is the nearest cue before their RUT («a nombre de», «abogada», «acreedor»), or what
an apposition after it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from app.core.comunas import Comuna, find_comuna
from app.core.labels import Labelled
from app.core.rut import format_rut
from app.papeles.rules import DatoHallado
from app.papeles.rules.codigos import RutHallado, find_ruts
from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.etiquetas import Trozo, labelled


class RolDePersona(Labelled):
    """What a person is in a paper."""

    PROPIETARIO = "propietario", "Propietario"
    DEUDOR = "deudor", "Deudor"
    ACREEDOR = "acreedor", "Demandante o acreedor"
    ABOGADO = "abogado", "Abogado"
    MARTILLERO = "martillero", "Martillero o depositario"
    ANTERIOR = "anterior", "Dueño anterior"
    REPRESENTANTE = "representante", "Representante"
    OTRO = "otro", "Otra persona"

    @property
    def is_sought(self) -> bool:
        """Whether it is the person of the case."""
        return self in {RolDePersona.PROPIETARIO, RolDePersona.DEUDOR}


_CUES = (
    (
        RolDePersona.ANTERIOR,
        r"PROPIETARI[OA]S?\s+ANTERIOR(?:ES)?|ANTERIOR(?:ES)?\s+PROPIETARI[OA]S?|EX\s+PROPIETARI[OA]"
        r"|(?:HISTORIAL|LISTADO)\s+DE\s+PROPIETARIOS|DUEN[OA]\s+ANTERIOR|ANTERIOR\s+DUEN[OA]"
        r"|VENDEDORA?|TRANSFERENTE",
    ),
    (
        RolDePersona.REPRESENTANTE,
        r"REPRESENTAD[OA]S?(?:\s+LEGALMENTE)?\s+POR|REPRESENTANTE(?:\s+LEGAL)?|REP\.\s+LEGAL"
        r"|GERENTE(?:\s+GENERAL)?",
    ),
    (
        RolDePersona.OTRO,
        r"AVALISTA|\bAVAL\b|CODEUDORA?(?:\s+SOLIDARI[OA])?|FIADORA?|MER[OA]\s+TENEDORA?"
        r"|SECRETARI[OA]|RECEPTORA?(?:\s+JUDICIAL)?|MINISTR[OA]\s+DE\s+FE|SOLICITANTE"
        r"|COMISARI[OA]|ARRENDATARI[OA]|SENORA?\s+JUEZA?|JUEZA?\s+TITULAR|ASEGURADORA?"
        r"|FUNCIONARI[OA]|EJECUTIVO\s+A\s+CARGO|TESTIGO",
    ),
    (
        RolDePersona.MARTILLERO,
        r"MARTILLER[OA]|DEPOSITARI[OA]S?(?:\s+PROVISIONAL(?:ES)?)?",
    ),
    (
        RolDePersona.ABOGADO,
        r"ABOGAD[OA]S?|PATROCINANTE|PATROCINIO|APODERAD[OA]S?|MANDATARI[OA]S?|PROCURADORA?",
    ),
    (
        RolDePersona.ACREEDOR,
        r"ACREEDORA?|EJECUTANTE|DEMANDANTE|\bA\s+FAVOR\s+DE|CESIONARI[OA]|ACTORA?\b|PAGUEN?\s+AL?"
        r"|EN\s+REPRESENTACION\s+DE|BENEFICIARI[OA]",
    ),
    (
        RolDePersona.PROPIETARIO,
        r"(?:PROPIEDAD|DOMINIO)\s+DEL?|A\s+NOMBRE\s+DEL?|PROPIETARI[OA](?:\s+ACTUAL)?"
        r"|DUEN[OA](?!\s+DE\s+CASA)|TITULAR(?:\s+INSCRITO)?",
    ),
    (
        RolDePersona.DEUDOR,
        r"DEUDORA?(?:\s+PRINCIPAL)?|(?:DATOS|ANTECEDENTES)\s+DEL\s+CLIENTE|DEMANDAD[OA]|EJECUTAD[OA]|REQUERID[OA]"
        r"|REQU(?:ERIRA|IERASE|IERESE|IERE|ERIR)(?:\s+DE\s+PAGO)?\s+AL?"
        r"|\bCONTRA\s+DEL?(?=\s+(?:DON|DONA|SR|SRA|(?:LA\s+)?(?:SOCIEDAD|EMPRESA))\b)",
    ),
)
_ANY_CUE = re.compile(
    "|".join(f"(?P<c{n}>\\b(?:{cue})(?!\\w))" for n, (_, cue) in enumerate(_CUES))
)
_RUT_LABEL = re.compile(
    r"[,;.(\s]*(?:(?:CEDULA(?:\s+NACIONAL)?(?:\s+DE\s+IDENTIDAD)?|C\.?\s?N?\.?\s?I\.?|R\.?\s?U\.?\s?[TN]\.?"
    r"|ROL\s+UNICO\s+(?:TRIBUTARIO|NACIONAL))(?:\s+(?:DEUDORA?|PROPIETARI[OA]|DEMANDAD[OA]|EJECUTAD[OA]))?"
    r"\s*(?:N(?:°|RO\.?|UMERO)*\s?°?)?)\s*[:.]*\s*$"
)
_DECLARED = re.compile(r"\bEN\s+(?:SU\s+)?CALIDAD\s+DE\s+")
_PREFIX = re.compile(
    r"^(?:[\s:;,.\-•\"]|\b(?:DON|DONA|D\.|DA\.|EL|LA|LOS|LAS|DEL|DE|AL|A|SR\.?|SRA\.?|SENORA?|NOMBRE"
    r"(?:\s+COMPLETO)?|RAZON\s+SOCIAL|ACTUAL|PUBLIC[OA]|PRINCIPAL|INSCRIT[OA]|SOCIEDAD\s+DENOMINADA"
    r"|EMPRESA|ESTE|TIENE|ES)\b)+"
)
_NAME = re.compile(
    r"(?:[A-ZÁÉÍÓÚÜÑ][\w'’.&ÁÉÍÓÚÜÑáéíóúüñ-]*|de|del|la|las|los|y|e|&|DE|DEL|Y)"
    r"(?:\s+(?:[A-ZÁÉÍÓÚÜÑ][\w'’.&ÁÉÍÓÚÜÑáéíóúüñ-]*|de|del|la|las|los|y|e|&|\d{1,3}(?=\s[A-Z])))*"
)
#: Cues and RUTs of a paper that are looked at.
_MOST = 300
#: Characters before a RUT in which its label stands.
_LABEL_REACH = 120
#: Ends of a company's name whose last dot is a part of it.
_COMPANY = re.compile(r"\b(?:S\.A|LTDA|CIA|E\.I\.R\.L|S\.P\.A)$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b(?:DOMICILIAD[OA]S?(?:,?\s+(?!EN\b)\w+){0,5}?,?\s+EN\b"
    r"|DOMICILIOS?(?:,?\s+(?!EN\b|ES\b|DOMICILI)\w+){0,6}?,?\s+(?:EN|ES|CORRESPONDE\s+A)\b"
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
_TOGETHER = re.compile(r"\b(?:AMBOS|AMBAS|TODOS|TODAS)\s*,?\s*(?:CON\s+)?(?:EL\s+)?(?:MISMO\s+)?$")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:AV|AVDA|AVE|PJE|PSJE|PSJ|DPTO|DEPTO|DP|OF|N|NRO|POB|KM|STA|STO|GRAL|PDTE|CDTE|CNEL"
    r"|INT|BLK|BLOCK|S/N|ESQ|VLL|SN|DR|ING|TTE|CAP|PBRO|ALM)$"
)
_ADDRESS_END = re.compile(
    r"\n\n|;|\"|(?P<dot>\.)(?=\s|$)|,\s*(?:CON\s|PARA\s|QUIEN|A\s+FIN|DENTRO\s|Y\s+A\s+DON|EN\s+SU\s+CALIDAD"
    r"|REGION\s|TODO|AMBOS|ASIMISMO|SIN\s+(?!NUMERO)|PREVIO|DEBIENDO|QUE\s|EL\s+QUE|LO\s+QUE|LA\s+QUE|CUY[OA]"
    r"|DE\s+EST[EA]\s+(?:CIUDAD|DOMICILIO)|DE\s+(?:PROPIEDAD|DOMINIO)|CEDULA|R\.?U\.?[TN]|ROL\s|TELEFONO|FONO|CELULAR"
    r"|CORREO|EN\s+CONTRA|REPRESENTAD|INSCRIT|RESPECTO|A\s+QUIEN|POR\s|DURANTE\s|HACIENDO|FACULT|SIRVASE|SE\s)"
    r"|,?\s+Y\s+(?:(?:EN\s+)?(?:SU\s+)?(?:DOMICILIO\s+)?(?:LABORAL|COMERCIAL|PARTICULAR)\b|TAMBIEN\b|EN\s+SU\b)"
    r"|\s(?:CON\s+AUXILIO|DENTRO\s+DE|PARA\s+QUE)\b"
)
_COMUNA = re.compile(
    r"[,.]?\s*\b(?:(?:DE|EN)\s+(?:LA|ESTA)\s+(?:MISMA\s+)?)?COMUNA\s*(?:DE\s+|:\s*|\s)"
)
_CITY_OF = re.compile(r"\s*(?:(?:DE|EN)\s+)?(?:LA\s+)?(?:CIUDAD|LOCALIDAD)\s+DE\s+")


@dataclass(frozen=True)
class PersonaHallada:
    """A person with what they are in the paper."""

    rol: RolDePersona
    rut: RutHallado | None
    nombre: Trozo | None
    #: Where their cue begins.
    cue: int


class _Cue:
    """A cue with its place."""

    def __init__(self, match: re.Match[str]) -> None:
        number = next(n for n in range(len(_CUES)) if match.group(f"c{n}"))
        self.rol = _CUES[number][0]
        self.start, self.end = match.span()


def find_people(doc: TextoDePapel) -> list[PersonaHallada]:
    """The people of a paper, in its order: each with a RUT, or named right after their cue."""
    cues = [_Cue(match) for match in islice(_ANY_CUE.finditer(doc.prosa), 10 * _MOST)]
    people: list[PersonaHallada] = []
    last_end = 0
    for rut in islice(find_ruts(doc), _MOST):
        cue = _cue_before(doc, cues, rut.start)
        near = max(0, rut.start - _LABEL_REACH)
        label = _RUT_LABEL.search(doc.prosa[near : rut.start])
        until = near + label.start() if label else rut.start
        rol = cue.rol if cue else RolDePersona.OTRO
        after = doc.prosa[rut.end : rut.end + 160].split("\n\n")[0]
        if (declared := _DECLARED.search(re.split(r"[.;]|\d-[\dK]", after)[0])) and (
            found := _ANY_CUE.match(after, declared.end())
        ):
            rol = _Cue(found).rol
        start = max(cue.end if cue else 0, last_end)
        if cue and until <= cue.start:
            # «RUT deudor: …» below the name: the cue is in the label itself.
            earlier = [one for one in cues if one.end <= until]
            start = max(earlier[-1].end if earlier else 0, last_end)
        people.append(PersonaHallada(rol, rut, _name_between(doc, start, until), start))
        last_end = rut.end
    if not any(person.rol.is_sought for person in people):
        people += _unnumbered(doc, cues)
    return people


def _cue_before(doc: TextoDePapel, cues: list[_Cue], place: int) -> _Cue | None:
    """The cue that holds at a place: the nearest one before it whose reach goes so far."""
    for cue in reversed([one for one in cues if one.end <= place]):
        if cue.rol is not RolDePersona.REPRESENTANTE:
            return cue
        between = doc.texto[cue.end : place]
        if "\n" not in between.strip("\n ") and not re.search(r"\d-[\dkK]\b", between):
            return cue
    return None


def _name_between(doc: TextoDePapel, start: int, end: int) -> Trozo | None:
    segment = doc.prosa[start:end]
    if len(segment) > 400:
        return None
    beside = [one for one in labelled(doc, "nombre") if start <= one.start and one.end <= end]
    if beside:
        text = doc.texto[beside[-1].start : beside[-1].end]
        if name := _NAME.fullmatch(text.replace("\n", " ").replace("\t", " ")):
            rest = re.fullmatch(r"\n([^\n:\t]+?)\s*", doc.texto[beside[-1].end : end])
            if rest and _NAME.fullmatch(rest[1]) and len(rest[1].split()) < 4:
                # The cell was too narrow for it.
                return Trozo(beside[-1].start, beside[-1].end + 1 + len(rest[1]))
            return beside[-1] if " " in name[0] else None
    prefix = _PREFIX.match(segment)
    begin = start + (prefix.end() if prefix else 0)
    name = _NAME.match(doc.texto[begin:end].replace("\n", " ").replace("\t", " "))
    if name is None:
        return None
    text = re.split(r"\s(?:RUT|R\.U\.T|RUN|R\.U\.N|C\.I|C\.N\.I)\b", name[0])[0]
    text = re.sub(r"[\s,&]+(?:de|del|la|y|e)?$", "", text)
    if doc.texto[begin + len(text) : begin + len(text) + 1] == "." and _COMPANY.search(text):
        text += "."
    if len(text) < 5 or " " not in text:
        return None
    return Trozo(begin, begin + len(text))


def _unnumbered(doc: TextoDePapel, cues: list[_Cue]) -> list[PersonaHallada]:
    """Owner or debtor without a RUT: the name stands right after the cue and ends at a comma."""
    found = []
    for cue in cues:
        if not cue.rol.is_sought:
            continue
        name = _name_between(doc, cue.end, min(len(doc.prosa), cue.end + 120))
        if name is None:
            continue
        gap = doc.prosa[cue.end : name.start]
        rest = doc.prosa[name.end : name.end + 2]
        if len(gap) < 25 and re.match(r",|\n|\.|;|$", rest):
            found.append(PersonaHallada(cue.rol, None, name, cue.end))
    return found


def choose_person(people: list[PersonaHallada]) -> PersonaHallada | None:
    """The person of the case: the owner before the debtor, the first of each."""
    for rol in (RolDePersona.PROPIETARIO, RolDePersona.DEUDOR):
        for person in people:
            if person.rol is rol:
                return person
    return None


def name_of(doc: TextoDePapel, person: PersonaHallada) -> DatoHallado | None:
    """Their name, as it is written."""
    if person.nombre is None:
        return None
    value = " ".join(doc.texto[person.nombre.start : person.nombre.end].split())
    return DatoHallado(
        value,
        person.rol.label.lower(),
        doc.boxes(*person.nombre),
        0.9 if person.rut else 0.7,
        "" if person.rut else "El papel no trae su RUT: compare el nombre.",
    )


def rut_of(
    doc: TextoDePapel, person: PersonaHallada, people: list[PersonaHallada]
) -> DatoHallado | None:
    """Their RUT as written; with a doubt where its digit does not add up."""
    if person.rut is None:
        return None
    rut = person.rut.rut
    others = {
        one.rut.rut.valor
        for one in people
        if one.rol.is_sought and one.rut and one.rut.rut.valor != rut.valor
    }
    duda = " ".join(rut.advertencias)
    if not duda and others:
        duda = f"El papel nombra también a {format_rut(min(others))} como dueño o deudor."
    return DatoHallado(
        rut.valor,
        person.rol.label.lower(),
        doc.boxes(person.rut.start, person.rut.end),
        0.98 if rut.valido else 0.4,
        duda,
    )


def find_address(
    doc: TextoDePapel, people: list[PersonaHallada], person: PersonaHallada | None
) -> tuple[DatoHallado | None, DatoHallado | None]:
    """The address of the person of the case, and its comuna."""
    cues = [_Cue(match) for match in islice(_ANY_CUE.finditer(doc.prosa), 10 * _MOST)]
    beside = [*labelled(doc, "direccion")]
    places = [(one.start, one, True) for one in beside]
    places += [
        (found.start(), _address_after(doc, found.end()), False)
        for found in islice(_ADDRESS.finditer(doc.prosa), _MOST)
        if not any(found.start() <= one.start <= found.end() + 3 for one in beside)
    ]
    second: tuple[DatoHallado, DatoHallado | None] | None = None
    for place, trozo, is_labelled in sorted(places):
        holder = _holder(doc, people, cues, place, has_line=is_labelled)
        if holder is not None and not holder.is_sought:
            continue
        direccion, comuna = _split_address(doc, trozo)
        if direccion is None:
            continue
        told = doc.prosa[trozo.start : trozo.end]
        if not is_labelled and (
            _NO_PLACE.match(told.lstrip()) or not (comuna or _PLACE.search(told))
        ):
            continue
        if not _WORK.search(doc.prosa[max(0, trozo.start - 30) : trozo.start]):
            return direccion, comuna or _comuna_beside(doc)
        second = second or (direccion, comuna)
    if second is not None:
        return second[0], second[1] or _comuna_beside(doc)
    return None, _comuna_beside(doc) if beside else None


def _holder(
    doc: TextoDePapel,
    people: list[PersonaHallada],
    cues: list[_Cue],
    place: int,
    *,
    has_line: bool = False,
) -> RolDePersona | None:
    """What the person is whose address stands at a place, in a line of its own or within a text."""
    before = [one for one in people if one.rut and one.rut.end <= place]
    if _TOGETHER.search(doc.prosa[max(0, place - 30) : place]):
        before = [one for one in before if one.rol is not RolDePersona.REPRESENTANTE]
        return before[-1].rol if before else None
    cue = _cue_before(doc, cues, place)
    if before and (cue is None or cue.start < (before[-1].rut.end if before[-1].rut else 0)):
        last = before[-1]
        line = doc.texto.rfind("\n", 0, place) + 1
        is_below = has_line and last.rut is not None and last.rut.end <= line
        if last.rol is RolDePersona.REPRESENTANTE and (is_below or line == place):
            sought = [one for one in before if one.rol is not RolDePersona.REPRESENTANTE]
            return sought[-1].rol if sought else None
        return last.rol
    return cue.rol if cue else None


def whose_is(doc: TextoDePapel, people: list[PersonaHallada], place: int) -> bool:
    """Whether what stands at a place is the person's of the case."""
    cues = [_Cue(match) for match in islice(_ANY_CUE.finditer(doc.prosa), 10 * _MOST)]
    holder = _holder(doc, people, cues, place)
    return holder is not None and holder.is_sought


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
    for trozo in labelled(doc, "comuna"):
        if found := _read_comuna(doc, trozo.start, trozo.end):
            return found
    return None
