"""Who is who in a paper: the owner or debtor and their address, and nobody else's.

A person's part is the nearest cue before their RUT («a nombre de», «abogada», «acreedor»), or what
an apposition after it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

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
    CODEUDOR = "codeudor", "Codeudor"
    AVAL = "aval", "Aval"
    USUARIO = "usuario", "Usuario"
    OTRO = "otro", "Otra persona"

    @property
    def is_sought(self) -> bool:
        """Whether it is the person of the case."""
        return self in {RolDePersona.PROPIETARIO, RolDePersona.DEUDOR}

    @property
    def is_party(self) -> bool:
        """Whether a case keeps them, beside its person or as them."""
        return self.is_sought or self in {
            RolDePersona.CODEUDOR,
            RolDePersona.AVAL,
            RolDePersona.USUARIO,
        }


_CUES = (
    (
        RolDePersona.ANTERIOR,
        r"PROPIETARI[OA]S?\s+ANTERIOR(?:ES)?|ANTERIOR(?:ES)?\s+PROPIETARI[OA]S?|EX\s+PROPIETARI[OA]"
        r"|(?:HISTORIAL|LISTADO)\s+DE\s+PROPIETARIOS|DUEN[OA]\s+ANTERIOR|ANTERIOR\s+DUEN[OA]"
        r"|VENDEDORA?|TRANSFERENTE",
    ),
    (
        RolDePersona.REPRESENTANTE,
        r"REPRESENTAD[OA]S?(?:\s+LEGALMENTE)?\s+POR|REPRESENTANTE(?:\s+LEGAL)?(?:\s+DE\s+(?:LA|DICHA)\s+(?:EJECUTADA"
        r"|DEMANDADA|DEUDORA|SOCIEDAD|EMPRESA|PROPIETARIA))?|REP\.\s+LEGAL|R\.?U\.?[TN]\.?\s+REP\."
        r"|GERENTE(?:\s+GENERAL)?",
    ),
    (
        RolDePersona.CODEUDOR,
        r"(?:FIADOR(?:A|ES)?\s+Y\s+)?CO-?DEUDOR(?:A|ES|AS)?(?:\s+SOLIDARI[OA]S?)?",
    ),
    (RolDePersona.AVAL, r"AVALISTAS?|AVAL(?:ES)?|FIADOR(?:A|ES)?"),
    (
        RolDePersona.USUARIO,
        r"MER[OA]S?\s+TENEDOR(?:A|ES)?|ARRENDATARI[OA]S?"
        r"|USUARI[OA]\s+(?:DEL?\s+(?:VEHICULO|AUTO\w*|CAMION\w*)|HABITUAL|AUTORIZAD[OA])",
    ),
    (
        RolDePersona.OTRO,
        r"SECRETARI[OA]|RECEPTORA?(?:\s+JUDICIAL)?|MINISTR[OA]\s+DE\s+FE|SOLICITANTE"
        r"|COMISARI[OA]|SENORA?\s+JUEZA?|JUEZA?\s+TITULAR|ASEGURADORA?"
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
        r"ACREEDORA?|LIMITACION(?:ES)?\s+AL\s+DOMINIO|EJECUTANTE|DEMANDANTE|\bA\s+FAVOR\s+DE|CESIONARI[OA]|ACTORA?\b|PAGUEN?\s+AL?"
        r"|EN\s+REPRESENTACION\s+DE|BENEFICIARI[OA]",
    ),
    (
        RolDePersona.PROPIETARIO,
        r"(?:PROPIEDAD|DOMINIO)\s+DEL?|A\s+NOMBRE\s+DEL?|PROPIETARI[OA]S?(?:\s+ACTUAL(?:ES)?)?"
        r"|DUEN[OA](?!\s+DE\s+CASA)|TITULAR(?:\s+INSCRITO)?",
    ),
    (
        RolDePersona.DEUDOR,
        r"DEUDOR(?:A|ES|AS)?(?:\s+PRINCIPAL(?:ES)?)?|(?:DATOS|ANTECEDENTES)\s+DEL\s+CLIENTE"
        r"|CLIENTE\s+MOROS[OA]|DEMANDO(?:\s+EJECUTIVAMENTE)?\s+AL?"
        r"|(?:CO)?DEMANDAD[OA]S?|EJECUTAD[OA]S?|REQUERID[OA]"
        r"|(?:EMBARGAD[OA]S?\s+AL?|ADEUDA(?:N|D[OA]S?\s+POR)?)(?=\s+(?:DON|DONA|SR|SRA|(?:LA\s+)?(?:SOCIEDAD|EMPRESA))\b)"
        r"|REQU(?:ERIRA|IERASE|IERESE|IERE|ERIR)(?:\s+DE\s+PAGO)?\s+AL?"
        r"|\bCONTRA\s+DEL?(?=\s+(?:DON|DONA|SR|SRA|(?:LA\s+)?(?:SOCIEDAD|EMPRESA))\b)",
    ),
)
#: «…, propietario del automóvil …» and «…, demandada en estos autos» tell of who is named before.
_OF_A_THING = re.compile(
    r",\s(?:ACTUAL\s+)?(?:PROPIETARI|DUEN)[OA]\s+DEL?\s+(?:L[AO]\s+)?(?:AUTO|CAMION|VEHICULO|MOVIL|MOTO|STATION|FURGON"
    r"|TRACTO|REMOLQUE|SEMI|BUS|MINIBUS|JEEP|ESPECIE|BIEN|TAXI)"
)
_IN_APPOSITION = re.compile(
    r",\s(?P<cue>(?:DEMANDAD|EJECUTAD|DEUDOR|PROPIETARI|DUEN)[OA]?)\s+(?:EN\s+(?:ESTOS?\s+)?(?:AUTOS|CAUSA|ESTA|LA\s+CAUSA)|DE\s+AUTOS)\b"
)
#: What leads to what somebody is, between their name and their RUT.
_AS = re.compile(r",?\s+(?:COMO|EN\s+(?:SU\s+)?CALIDAD\s+DE)\s+(?:(?:LA|EL|SU)\s+)?$")
#: Characters from a cue within which a RUT without a name is still its.
_NAMELESS_REACH = 60
#: «Un receptor judicial» names nobody.
_ANY_CUE = re.compile(
    r"(?<!\bUN\s)(?<!\bUNA\s)(?:"
    + "|".join(f"(?P<c{n}>\\b(?:{cue})(?!\\w))" for n, (_, cue) in enumerate(_CUES))
    + ")"
)
#: Words that are said of the next one who is named, and of nobody after them.
_OF_ONE = {RolDePersona.ABOGADO, RolDePersona.OTRO, RolDePersona.MARTILLERO}
_DON = re.compile(r"\b(?:DON|DONA)\b")
_RUT_LABEL = re.compile(
    r"[,;.(\s]*(?:(?:CEDULA(?:\s+NACIONAL)?(?:\s+DE\s+IDENTIDAD)?|C\.?\s?N?\.?\s?I\.?|R\.?\s?U\.?\s?[TN]\.?"
    r"|ROL\s+UNICO\s+(?:TRIBUTARIO|NACIONAL))(?:\s+(?:DEUDORA?|PROPIETARI[OA]|DEMANDAD[OA]|EJECUTAD[OA]|REP\.))?"
    r"\s*(?:N(?:°|RO\.?|UMERO)*\s?°?)?)\s*[:.]*\s*$"
)
_DECLARED = re.compile(r"\b(?:EN\s+(?:SU\s+)?CALIDAD\s+DE|COMO)\s+(?:(?:LA|EL|SU)\s+)?")
_PREFIX = re.compile(
    r"^(?:[\s:;,.\-•\"]|\b(?:DON|DONA|D\.|DA\.|EL|LA|LOS|LAS|DEL|DE|AL|A|SR\.?|SRA\.?|SENORA?|NOMBRE"
    r"(?:\s+COMPLETO)?|RAZON\s+SOCIAL|ACTUAL|PUBLIC[OA]|PRINCIPAL|INSCRIT[OA]|SOCIEDAD\s+DENOMINADA"
    r"|PORCENTAJE|PARTICIPACION|CUOTA|CALIDAD|ADQUISICION|TELEFONO|EMPRESA|ESTE|TIENE|ES|Y|R\.?U\.?[NT]\.?|DERECHOS)\b\.?|\d{1,3}(?:,\d+)?\s?%)+"
)
_NAME = re.compile(
    r"(?:[A-ZÁÉÍÓÚÜÑ][\w'’.&ÁÉÍÓÚÜÑáéíóúüñ-]*|(?:del?|las?|los|y|e|DEL?|Y)\b|&)"
    r"(?:\s+(?:[A-ZÁÉÍÓÚÜÑ][\w'’.&ÁÉÍÓÚÜÑáéíóúüñ-]*|(?:del?|las?|los|y|e)\b|&|\d{1,3}(?=\s[A-Z])))*"
)
#: Cues and RUTs of a paper that are looked at.
_MOST = 300
#: Characters before a RUT in which its label stands.
_LABEL_REACH = 120
#: Ends of a company's name whose last dot is a part of it.
_COMPANY = re.compile(r"\b(?:S\.A|LTDA|CIA|E\.I\.R\.L|S\.P\.A)$", re.IGNORECASE)
_TOGETHER = re.compile(r"\b(?:AMBOS|AMBAS|TODOS|TODAS)\s*,?\s*(?:CON\s+)?(?:EL\s+)?(?:MISMO\s+)?$")


@dataclass(frozen=True)
class PersonaHallada:
    """A person with what they are in the paper."""

    rol: RolDePersona
    rut: RutHallado | None
    nombre: Trozo | None
    #: Where their cue begins.
    cue: int
    #: Whether a word says what they are: theirs alone, or one for several («los demandados»).
    is_told: bool = True
    #: Whether no word before them says anything of what they are.
    is_untold: bool = False


class _Cue:
    """A cue with its place."""

    def __init__(self, match: re.Match[str]) -> None:
        number = next(n for n in range(len(_CUES)) if match.group(f"c{n}"))
        self.rol = _CUES[number][0]
        self.start, self.end = match.span()
        first = match[0].split()[0]
        self.is_plural = first.endswith("S") and first not in {"DATOS", "ANTECEDENTES"}


def _joins(doc: TextoDePapel, last_end: int, rut: RutHallado) -> bool:
    """Whether a person is told of in one breath with the one before: «don A, RUT 1, y don B»."""
    return re.match(r"\)?,?\s+[YE]\s+(?:DON|DONA|A\s+DON)", doc.prosa[last_end:]) is not None and (
        rut.start - last_end < _LABEL_REACH
    )


def find_people(doc: TextoDePapel) -> list[PersonaHallada]:
    """The people of a paper, in its order: each with a RUT, or named right after their cue."""
    cues = _cues_of(doc)
    people: list[PersonaHallada] = []
    last_end = 0
    for rut in islice(find_ruts(doc), _MOST):
        cue = _cue_before(doc, cues, rut.start)
        near = max(0, rut.start - _LABEL_REACH)
        label = _RUT_LABEL.search(doc.prosa[near : rut.start])
        until = near + label.start() if label else rut.start
        rol = cue.rol if cue else RolDePersona.OTRO
        declared = _declared_of(doc, rut) if rol is not RolDePersona.REPRESENTANTE else None
        rol = declared or rol
        start = max(cue.end if cue else 0, last_end)
        is_further = cue is None or start == last_end or declared is not None
        if is_further and (named := [*_DON.finditer(doc.prosa, start, until)]):
            start = named[-1].start()
        if cue and until <= cue.start:
            # «RUT deudor: …» below the name: the cue is in the label itself.
            earlier = [one for one in cues if one.end <= until]
            start = max(earlier[-1].end if earlier else 0, last_end)
        is_told = cue is not None and (
            declared is not None
            or cue.end > last_end
            or cue.is_plural
            or _joins(doc, last_end, rut)
        )
        name = _name_between(doc, start, until)
        if name is None and cue and last_end < cue.start and cue.end <= until:
            name = _name_before(doc, cues, cue, last_end, until)
            if name is None and rol.is_sought and until - cue.end > _NAMELESS_REACH:
                # So far from its cue, a RUT without a name may be anybody's.
                rol = RolDePersona.OTRO
        if name is None and cue and cue.end <= last_end and not cue.is_plural:
            rol = RolDePersona.OTRO
        people.append(PersonaHallada(rol, rut, name, start, is_told, cue is None))
        last_end = rut.end
    if not any(person.rol.is_sought for person in people):
        people += _unnumbered(doc, cues)
    if not any(person.rol.is_sought for person in people):
        # Nothing says what the only one is of whom nothing is said.
        untold = [one for one in people if one.rol is RolDePersona.OTRO and one.is_untold]
        if len(untold) == 1 and untold[0].nombre is not None:
            place = people.index(untold[0])
            people[place] = replace(untold[0], rol=RolDePersona.DEUDOR)
    return people


def _cues_of(doc: TextoDePapel) -> list[_Cue]:
    """The cues of a paper, but those that only say more of who was named before them."""
    found = islice(_ANY_CUE.finditer(doc.prosa), 10 * _MOST)
    return [
        _Cue(match)
        for match in found
        if not _OF_A_THING.match(doc.prosa, max(0, match.start() - 2))
        and not _IN_APPOSITION.match(doc.prosa, max(0, match.start() - 2))
    ]


def _name_before(
    doc: TextoDePapel, cues: list[_Cue], cue: _Cue, last_end: int, until: int
) -> Trozo | None:
    """The name of «Panadería Sur Limitada, como deudora principal, RUT …»."""
    earlier = [one.end for one in cues if one.end <= cue.start]
    start = max(earlier[-1] if earlier else 0, last_end)
    told = _AS.search(doc.prosa, start, cue.start)
    if told is None or re.search(r"\w", doc.prosa[cue.end : until]):
        return None
    return _name_between(doc, start, told.start())


def _declared_of(doc: TextoDePapel, rut: RutHallado) -> RolDePersona | None:
    """What is said of somebody behind their RUT; of a representative it is another's."""
    after = doc.prosa[rut.end : rut.end + 160].split("\n\n")[0]
    if behind := _IN_APPOSITION.match(after.lstrip(")")):
        found = _ANY_CUE.match(after.lstrip(")"), behind.start("cue"))
        return _Cue(found).rol if found else None
    sentence = re.split(r"[.;]|\d-[\dK]", after)[0]
    if _OF_A_THING.search(sentence):
        return RolDePersona.PROPIETARIO
    declared = _DECLARED.search(sentence)
    found = _ANY_CUE.match(after, declared.end()) if declared else None
    return _Cue(found).rol if found else None


def _cue_before(doc: TextoDePapel, cues: list[_Cue], place: int) -> _Cue | None:
    """The cue that holds at a place: the nearest one before it whose reach goes so far."""
    for cue in reversed([one for one in cues if one.end <= place]):
        if cue.rol in _OF_ONE and not cue.is_plural:
            # «El abogado don A …, doña B, RUT …»: of A alone.
            if len(re.findall(r"\bDO(?:N|NA)\b", doc.prosa[cue.end : place])) > 1:
                return None
            return cue
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


def other_parties(
    doc: TextoDePapel, people: list[PersonaHallada], person: PersonaHallada | None
) -> list[PersonaHallada]:
    """Whom a case keeps beside its person: the other owners and debtors, who answers for them."""
    known: list[PersonaHallada] = [person] if person else []
    for one in people:
        if one.rol.is_party and one.is_told and not any(_is_one(doc, one, old) for old in known):
            known.append(one)
    return known[1:] if person else known


def _is_one(doc: TextoDePapel, one: PersonaHallada, other: PersonaHallada) -> bool:
    if one.rut and other.rut:
        return one.rut.rut.valor == other.rut.rut.valor
    names = [
        " ".join(doc.plano[p.nombre.start : p.nombre.end].split()) if p.nombre else ""
        for p in (one, other)
    ]
    return names[0] == names[1]


def name_of(doc: TextoDePapel, person: PersonaHallada) -> DatoHallado | None:
    """Their name, as it is written."""
    if person.nombre is None:
        return None
    value = " ".join(doc.texto[person.nombre.start : person.nombre.end].split())
    return DatoHallado(
        value,
        person.rol.label.lower(),
        doc.boxes(*person.nombre),
        0.9 if person.rut and not person.is_untold else 0.6,
        _doubt_of(person),
    )


def _doubt_of(person: PersonaHallada) -> str:
    if person.is_untold and person.rol.is_sought:
        return "El papel no dice que sea el dueño o el deudor: compárelo."
    return "" if person.rut else "El papel no trae su RUT: compare el nombre."


def rut_of(
    doc: TextoDePapel, person: PersonaHallada, people: list[PersonaHallada]
) -> DatoHallado | None:
    """Their RUT as written; with a doubt where its digit does not add up."""
    if person.rut is None:
        return None
    rut = person.rut.rut
    # Those that are told of in the same way have a row of their own.
    others = {
        one.rut.rut.valor
        for one in people
        if one.rol.is_sought
        and one.rut
        and one.rut.rut.valor != rut.valor
        and not (one.is_told and one.rol is person.rol)
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


class Pistas:
    """Whose it is what stands at a place of a paper: the cues and the people before it say it."""

    def __init__(self, doc: TextoDePapel, people: list[PersonaHallada]) -> None:
        self.doc, self.people = doc, people
        self.cues = _cues_of(doc)

    def holder(
        self, place: int, *, has_line: bool = False
    ) -> tuple[RolDePersona | None, PersonaHallada | None]:
        """What the person is, of a line of its own or within a text, and who, where it is known."""
        before = [one for one in self.people if one.rut and one.rut.end <= place]
        last = before[-1] if before else None
        cue = _cue_before(self.doc, self.cues, place)
        if found := _TOGETHER.search(self.doc.prosa[max(0, place - 30) : place]):
            others = _but_representatives(before)
            if others and others[-1].rut and not self._is_in_same(others[-1].rut.end, place):
                # «A, abogado, en representación de B, ambos …»: of these, who bear no RUT here.
                return (cue.rol if cue else None), None
            together = others if found[0].startswith("TOD") else others[-2:]
            sought = [one for one in together if one.rol.is_sought]
            return _told_of(sought[:1] or others)
        if last and last.rut and (cue is None or cue.start < last.rut.end):
            line = self.doc.texto.rfind("\n", 0, place) + 1
            is_apart = "\t" in self.doc.texto[last.rut.end : place]
            is_below = has_line and (last.rut.end <= line or is_apart)
            if last.rol is RolDePersona.REPRESENTANTE and (is_below or line == place):
                return _told_of(_but_representatives(before))
            return last.rol, last
        return (cue.rol if cue else None), None

    def _is_in_same(self, start: int, end: int) -> bool:
        return "\n\n" not in self.doc.texto[start:end]


def _but_representatives(people: list[PersonaHallada]) -> list[PersonaHallada]:
    return [one for one in people if one.rol is not RolDePersona.REPRESENTANTE]


def _told_of(
    people: list[PersonaHallada],
) -> tuple[RolDePersona | None, PersonaHallada | None]:
    return (people[-1].rol, people[-1]) if people else (None, None)


def whose_is(doc: TextoDePapel, people: list[PersonaHallada], place: int) -> bool:
    """Whether what stands at a place is the person's of the case."""
    rol, _ = Pistas(doc, people).holder(place)
    return rol is not None and rol.is_sought
