"""Telling which gantry of the catalogue a provider's free text names, and why.

The road comes first: from the company, else from the text. On that road a code decides, then the
stretch by name, then a former name, then one that is nearly the same. Where two gantries fit, or
the code and the stretch disagree, nothing is told: a person corrects it once, which is better than
a wrong place in evidence. A code that stands over both roadways is told without its direction when
the text does not give one. The same text with the same catalogue always gives the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz import fuzz

from app.porticos.rules import Metodo
from app.porticos.rules.direction import find_way
from app.porticos.rules.place_text import code_key, codes_in, ends_of, numbers_in, words
from app.porticos.rules.roads import VIAS, Via

#: Minimum similarity, 0 to 100, for two names to count as one.
ALIKE = 86
#: Minimum margin of the best candidate over the second.
AHEAD = 8
#: Minimum similarity, 0 to 100, for a company's name with a typing error.
COMPANY_ALIKE = 90
_COMPANY_FILLER = frozenset(
    {"soc", "sociedad", "concesionaria", "concesion", "s", "a", "sa", "spa", "ltda"}
    | {"de", "del", "la"}
)
_SIDES = frozenset(("norte", "sur", "oriente", "poniente"))
#: Another name that is a code: «PC 101», «T1».
_CODE = re.compile(r"[A-Za-z]{1,5}[ _-]?\d{1,3}(?:[.,]\d)?|[A-Z]{2,5}[_-][A-Z]{2,5}")


@dataclass(frozen=True)
class CatalogoEntry:
    """A gantry as it is looked for."""

    id: int
    autopista: str
    codigo: str
    tramo: str | None
    concesionaria: str | None = None
    sentido: str | None = None
    #: Other codes and former stretches, one a line.
    otros_nombres: str = ""

    @property
    def group(self) -> tuple[str, str]:
        """Road and code, which the gantries of both directions may share."""
        return self.autopista, code_key(self.codigo)


@dataclass(frozen=True)
class Match:
    """The gantry that a text names, or only its road, or neither; and why, in words."""

    metodo: Metodo
    motivo: str
    portico_id: int | None = None
    autopista: str | None = None


@dataclass
class Catalogo:
    """The gantries to look among, prepared once for many texts."""

    entradas: Iterable[CatalogoEntry]
    _by_code: dict[str, list[CatalogoEntry]] = field(default_factory=dict, init=False)
    _by_road: dict[str, list[CatalogoEntry]] = field(default_factory=dict, init=False)
    _ends: dict[int, tuple[str, ...]] = field(default_factory=dict, init=False)
    _former: dict[int, set[tuple[str, ...]]] = field(default_factory=dict, init=False)
    _vias: list[Via] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.entradas = sorted(self.entradas, key=lambda row: row.id)
        companies: dict[str, set[str]] = {}
        for row in self.entradas:
            self._by_code.setdefault(code_key(row.codigo), []).append(row)
            self._by_road.setdefault(row.autopista, []).append(row)
            self._ends[row.id] = ends_of(row.tramo or "")
            names = row.otros_nombres.splitlines()
            for name in names:
                if _CODE.fullmatch(name) and code_key(name) != code_key(row.codigo):
                    self._by_code.setdefault(code_key(name), []).append(row)
            self._former[row.id] = {ends_of(name) for name in names if not _CODE.fullmatch(name)}
            companies.setdefault(row.autopista, set()).add(row.concesionaria or "")
        known = {via.nombre: via for via in VIAS}
        for name in [*companies, *(via.nombre for via in VIAS if via.nombre not in companies)]:
            self._vias.append(_with_own_names(known.get(name), name, companies.get(name, set())))

    def roads_of_company(self, empresa: str | None) -> frozenset[str]:
        """The roads that a company runs, as its name tells; several when it tells no more."""
        kept = [word for word in words(empresa or "") if word not in _COMPANY_FILLER]
        if not kept:
            return frozenset()
        there = set(kept)
        score: dict[str, int] = {}
        for via in self._vias:
            names = [*via.frases, *via.de_empresa, *((sigla,) for sigla in via.siglas)]
            fitting = [len(name) for name in map(_company_words, names) if name <= there and name]
            if fitting:
                score[via.nombre] = max(fitting)
        if score:
            best = max(score.values())
            return frozenset(name for name, value in score.items() if value == best)
        return self._misspelled(" ".join(kept))

    def roads_named(self, text: str) -> frozenset[str]:
        """The roads whose names stand in a text."""
        here = words(text)
        score: dict[str, int] = {}
        for via in self._vias:
            lengths = [len(frase) for frase in via.frases if _is_within(frase, here)]
            if via.siglas & {*here, *codes_in(text)}:
                lengths.append(1)
            if lengths:
                score[via.nombre] = max(lengths)
        # «Ruta 5 Norte» is part of four names; the longest name that fits is meant.
        return frozenset(
            name
            for name, value in score.items()
            if not any(
                other > value and _shares_words(self._via(name), self._via(longer))
                for longer, other in score.items()
            )
        )

    def on_roads(self, roads: frozenset[str]) -> list[CatalogoEntry]:
        """The gantries of some roads."""
        return [row for road in sorted(roads) for row in self._by_road.get(road, [])]

    def with_code(self, codes: Iterable[str]) -> list[CatalogoEntry]:
        """The gantries whose code is among those of a text."""
        return [row for code in sorted(codes) for row in self._by_code.get(code, [])]

    def ends(self, row: CatalogoEntry) -> tuple[str, ...]:
        """The places that a gantry's stretch names."""
        return self._ends[row.id]

    def former_ends(self, row: CatalogoEntry) -> set[tuple[str, ...]]:
        """The same of each former name of its stretch."""
        return self._former[row.id]

    def names_of(self, roads: frozenset[str]) -> frozenset[tuple[str, ...]]:
        """The phrases that mean one of the roads."""
        return frozenset(
            name
            for via in self._vias
            if via.nombre in roads
            for name in (*via.frases, *((sigla,) for sigla in via.siglas))
        )

    def _via(self, name: str) -> Via:
        return next(via for via in self._vias if via.nombre == name)

    def _misspelled(self, company: str) -> frozenset[str]:
        scores = {
            via.nombre: max(fuzz.ratio(company, " ".join(frase)) for frase in via.frases)
            for via in self._vias
        }
        found = [name for name, value in scores.items() if value >= COMPANY_ALIKE]
        return frozenset(found) if len(found) == 1 else frozenset()


def recognise(ubicacion: str | None, empresa: str | None, catalogo: Catalogo) -> Match:
    """Tell which gantry a source means."""
    text = ubicacion or ""
    of_company = catalogo.roads_of_company(empresa)
    named = catalogo.roads_named(text)
    roads = of_company or named
    if not text:
        return _road_only(roads, "la fuente no dice el lugar, solo la empresa")
    found = _by_code(text, roads, catalogo)
    if isinstance(found, Match):
        return found
    if found:
        return _confirmed(found, text, named, catalogo)
    if not roads:
        return Match(Metodo.NINGUNO, "el texto no nombra una vía del catálogo")
    elsewhere = _stretch(text, list(catalogo.entradas), catalogo)
    by_name = _by_name(text, roads, catalogo, has_company=bool(of_company))
    if not of_company and elsewhere is not None and elsewhere.id != _id_of(by_name):
        # «Costanera Norte – Ruta 68» is a stretch of Vespucio Norte.
        return Match(Metodo.NINGUNO, "el texto puede nombrar pórticos de dos vías")
    return by_name or _road_only(roads, "el texto no nombra un pórtico del catálogo")


def _by_code(text: str, roads: frozenset[str], catalogo: Catalogo) -> list[CatalogoEntry] | Match:
    """The gantries of the one code that stands in the text; a Match says why none can be told.

    They are several where the code stands over both roadways; none where the text has no code.
    """
    road_words = {word for name in catalogo.names_of(roads) for word in name}
    codes = codes_in(text)
    found = [
        row
        for row in catalogo.with_code(codes)
        # «AMB» is the airport's road and its only gantry: as the road's name it says nothing.
        if code_key(row.codigo) not in road_words
    ]
    if roads:
        here = [row for row in found if row.autopista in roads]
        if not here:
            numbers = numbers_in(text)
            here = [row for row in catalogo.on_roads(roads) if _number(row.codigo) in numbers]
        if not here and any(
            _is_telling(row.codigo) for row in found if code_key(row.codigo) in codes
        ):
            return Match(Metodo.NINGUNO, "el código es de otra vía que la de la empresa")
    else:
        here = [row for row in found if code_key(row.codigo) in codes and _is_telling(row.codigo)]
    own = [row for row in here if code_key(row.codigo) in codes]
    here = own or here
    groups = {row.group: f"{row.codigo} de {row.autopista}" for row in here}
    if len(groups) > 1:
        which = ", ".join(list(groups.values())[:3])
        return Match(Metodo.NINGUNO, f"el texto calza con varios pórticos: {which}"[:255])
    return here


def _confirmed(
    rows: list[CatalogoEntry], text: str, named: frozenset[str], catalogo: Catalogo
) -> Match:
    """The gantry of a code, unless the rest of the text says otherwise."""
    row = rows[0]
    own_road = frozenset((row.autopista,))
    pairs = set(pairwise(ends_of(text)))
    on_stretch = [other for other in rows if catalogo.ends(other) in pairs]
    stretch = _stretch(text, catalogo.on_roads(own_road), catalogo)
    is_known = on_stretch or any(catalogo.former_ends(other) & pairs for other in rows)
    if stretch is not None and not is_known:
        return Match(
            Metodo.NINGUNO,
            f"el código es el de {row.codigo}, pero el tramo es el de {stretch.codigo}",
            autopista=row.autopista,
        )
    foreign = named - own_road - catalogo.roads_named(row.tramo or "")
    if foreign and row.autopista not in named:
        return Match(
            Metodo.NINGUNO, f"el código es de {row.autopista}, pero el texto dice {min(foreign)}"
        )
    return _in_direction(
        on_stretch or rows, text, Metodo.CODIGO, f"código {row.codigo} en {row.autopista}"
    )


def _in_direction(rows: Sequence[CatalogoEntry], text: str, metodo: Metodo, motivo: str) -> Match:
    """The one of these gantries of one code that the text's direction tells.

    Where it tells none the first of them stands for all, and the match says so.
    """
    way = find_way(text)
    fitting = [row for row in rows if way and find_way(row.sentido) == way]
    if len(rows) > 1 and len(fitting) == 1:
        return Match(metodo, f"{motivo}, hacia el {way}"[:255], fitting[0].id, rows[0].autopista)
    if len(rows) > 1:
        metodo, motivo = Metodo.SIN_SENTIDO, f"{motivo}; el texto no dice el sentido"
    return Match(metodo, motivo[:255], rows[0].id, rows[0].autopista)


def _by_name(
    text: str, roads: frozenset[str], catalogo: Catalogo, *, has_company: bool
) -> Match | None:
    """The gantry whose stretch the text names: exactly, as it was called before, or nearly."""
    here = ends_of(text, road=catalogo.names_of(roads))
    rows = catalogo.on_roads(roads)
    if not here or not rows:
        return None
    likeness: dict[tuple[str, str], float] = {}
    for row in rows:
        alike = _likeness(here, catalogo.ends(row))
        likeness[row.group] = max(alike, likeness.get(row.group, 0.0))
    ranked = sorted(likeness.items(), key=lambda pair: -pair[1])
    (group, best), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    likest = [
        row for row in rows if row.group == group and _likeness(here, catalogo.ends(row)) == best
    ]
    where = f"«{likest[0].tramo}» en {likest[0].autopista}"
    if best == 100 and second < 100:
        return _in_direction(likest, text, Metodo.NOMBRE, f"tramo {where}")
    if best < 100:
        former = _only_group(row for row in rows if here in catalogo.former_ends(row))
        if former:
            motivo = f"nombre anterior de {former[0].codigo} de {former[0].autopista}"
            return _in_direction(former, text, Metodo.NOMBRE, motivo)
    if ALIKE <= best < 100 and best - second >= AHEAD:
        motivo = f"tramo parecido ({best:.0f} de 100) a {where}"
        return _in_direction(likest, text, Metodo.PARECIDO, motivo)
    if has_company and best < ALIKE and len(here) == 1:
        naming = _only_group(row for row in rows if here[0] in catalogo.ends(row))
        if naming:
            motivo = f"único pórtico de {naming[0].autopista} que nombra «{here[0]}»"
            return _in_direction(naming, text, Metodo.NOMBRE, motivo)
    return None


def _only_group(rows: Iterable[CatalogoEntry]) -> list[CatalogoEntry]:
    """The gantries if they all have one code on one road, else none."""
    found = list(rows)
    return found if len({row.group for row in found}) == 1 else []


def _stretch(text: str, rows: list[CatalogoEntry], catalogo: Catalogo) -> CatalogoEntry | None:
    """The only gantry whose stretch, with both its ends, stands in the text as it is."""
    parts = ends_of(text)
    pairs = set(pairwise(parts))
    found = [row for row in rows if catalogo.ends(row) in pairs]
    return found[0] if len(found) == 1 else None


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike two stretches are, of 100; a stretch and its way back are not."""
    if not one or len(one) != len(other):
        return 0.0
    return min(_alike(a, b) for a, b in zip(one, other, strict=True))


def _alike(a: str, b: str) -> float:
    """How alike two names of places are; other numbers or other sides make other places."""
    ours, theirs = set(a.split()), set(b.split())
    if {w for w in ours if w[0].isdigit()} != {w for w in theirs if w[0].isdigit()}:
        return 0.0
    if ours & _SIDES != theirs & _SIDES:
        return 0.0
    return 100.0 if a == b else min(99.0, float(fuzz.ratio(a, b)))


def _road_only(roads: frozenset[str], why: str) -> Match:
    if len(roads) == 1:
        return Match(Metodo.VIA, why, autopista=min(roads))
    if roads:
        return Match(Metodo.NINGUNO, f"{why}; la vía puede ser una de {len(roads)}")
    return Match(Metodo.NINGUNO, why)


def _id_of(match: Match | None) -> int | None:
    return match.portico_id if match else None


def _is_telling(codigo: str) -> bool:
    """Whether a code means one gantry in the whole country: «PA31», «R78_TAL», not «P5»."""
    key = code_key(codigo)
    letters = sum(char.isalpha() for char in key)
    return letters >= 2 and any(char.isdigit() for char in key)


def _number(codigo: str) -> str:
    """The number in a code: «5» of «P5», «2.2» of «P2.2»; empty where there is none."""
    key = code_key(codigo).lstrip("abcdefghijklmnopqrstuvwxyz")
    return key if key.replace(".", "", 1).isdigit() else ""


def _with_own_names(via: Via | None, name: str, companies: set[str]) -> Via:
    """A road with the names that the catalogue gives to it and to its company."""
    base = via or Via(name, ())
    own = tuple(word for word in words(name) if word not in _COMPANY_FILLER)
    of_companies = tuple(
        tuple(word for word in words(company) if word not in _COMPANY_FILLER)
        for company in sorted(companies)
        if company
    )
    return Via(
        name,
        tuple(dict.fromkeys((*base.frases, own))),
        base.siglas,
        tuple(dict.fromkeys((*base.de_empresa, *of_companies))),
    )


def _company_words(name: tuple[str, ...]) -> set[str]:
    return {word for word in name if word not in _COMPANY_FILLER}


def _is_within(frase: tuple[str, ...], here: tuple[str, ...]) -> bool:
    size = len(frase)
    return bool(frase) and any(
        here[start : start + size] == frase for start in range(len(here) - size + 1)
    )


def _shares_words(one: Via, other: Via) -> bool:
    """Whether a phrase of one road is the beginning of a longer one of the other."""
    return any(
        longer[: len(short)] == short and len(longer) > len(short)
        for short in one.frases
        for longer in other.frases
    )


def suggest(
    ubicacion: str | None, empresa: str | None, catalogo: Catalogo, *, limit: int
) -> list[int]:
    """The gantries that a person most likely means who corrects a text, the likeliest first.

    Those of its road; of all, when the road is not known.
    """
    text = ubicacion or ""
    roads = catalogo.roads_of_company(empresa) or catalogo.roads_named(text)
    codes, numbers = codes_in(text), numbers_in(text)
    here = " ".join(words(text))

    def score(row: CatalogoEntry) -> float:
        named = code_key(row.codigo) in codes or _number(row.codigo) in numbers - {""}
        names = (row.tramo or "", *row.otros_nombres.splitlines())
        alike = max(fuzz.token_set_ratio(here, " ".join(words(name))) for name in names)
        return 100.0 * named + float(alike)

    rows = catalogo.on_roads(roads) if roads else list(catalogo.entradas)
    return [row.id for row in sorted(rows, key=lambda row: (-score(row), row.id))[:limit]]
