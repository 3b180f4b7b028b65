"""Telling which gantry of the catalogue a provider's free text names, and why.

The road comes first: from the company, else from the text. On that road a code decides, then the
stretch by name, then one that is nearly the same. Where two gantries fit, or the code and the
stretch disagree, nothing is told: a person corrects it once, which is better than a wrong place in
evidence. The same text with the same catalogue always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz import fuzz

from app.porticos.rules import Metodo
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


@dataclass(frozen=True)
class CatalogoEntry:
    """A gantry as it is looked for."""

    id: int
    autopista: str
    codigo: str
    tramo: str | None
    concesionaria: str | None = None


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
    _vias: list[Via] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.entradas = sorted(self.entradas, key=lambda row: row.id)
        companies: dict[str, set[str]] = {}
        for row in self.entradas:
            self._by_code.setdefault(code_key(row.codigo), []).append(row)
            self._by_road.setdefault(row.autopista, []).append(row)
            self._ends[row.id] = ends_of(row.tramo or "")
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
    if found is not None:
        return _confirmed(found, text, named, catalogo)
    if not roads:
        return Match(Metodo.NINGUNO, "el texto no nombra una vía del catálogo")
    elsewhere = _stretch(text, list(catalogo.entradas), catalogo)
    by_name = _by_name(text, roads, catalogo, has_company=bool(of_company))
    if not of_company and elsewhere is not None and elsewhere.id != _id_of(by_name):
        # «Costanera Norte – Ruta 68» is a stretch of Vespucio Norte.
        return Match(Metodo.NINGUNO, "el texto puede nombrar pórticos de dos vías")
    return by_name or _road_only(roads, "el texto no nombra un pórtico del catálogo")


def _by_code(text: str, roads: frozenset[str], catalogo: Catalogo) -> CatalogoEntry | Match | None:
    """The gantry whose code stands in the text; a Match says why none can be told."""
    road_words = {word for name in catalogo.names_of(roads) for word in name}
    found = [
        row
        for row in catalogo.with_code(codes_in(text))
        # «AMB» is the airport's road and its only gantry: as the road's name it says nothing.
        if code_key(row.codigo) not in road_words
    ]
    if roads:
        here = [row for row in found if row.autopista in roads]
        if not here:
            numbers = numbers_in(text)
            here = [row for row in catalogo.on_roads(roads) if _number(row.codigo) in numbers]
        if not here and any(_is_telling(row.codigo) for row in found):
            return Match(Metodo.NINGUNO, "el código es de otra vía que la de la empresa")
    else:
        here = [row for row in found if _is_telling(row.codigo)]
    if len(here) > 1:
        which = ", ".join(f"{row.codigo} de {row.autopista}" for row in here[:3])
        return Match(Metodo.NINGUNO, f"el texto calza con varios pórticos: {which}"[:255])
    return here[0] if here else None


def _confirmed(row: CatalogoEntry, text: str, named: frozenset[str], catalogo: Catalogo) -> Match:
    """The gantry of a code, unless the rest of the text says otherwise."""
    own_road = frozenset((row.autopista,))
    stretch = _stretch(text, catalogo.on_roads(own_road), catalogo)
    if stretch is not None and stretch.id != row.id:
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
    motivo = f"código {row.codigo} en {row.autopista}"
    return Match(Metodo.CODIGO, motivo[:255], row.id, row.autopista)


def _by_name(
    text: str, roads: frozenset[str], catalogo: Catalogo, *, has_company: bool
) -> Match | None:
    """The gantry whose stretch the text names, exactly or nearly."""
    here = ends_of(text, road=catalogo.names_of(roads))
    if not here:
        return None
    rows = catalogo.on_roads(roads)
    scored = sorted(
        ((_likeness(here, catalogo.ends(row)), row) for row in rows),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    if not scored:
        return None
    (best, row), (second, _) = scored[0], scored[1] if len(scored) > 1 else (0.0, scored[0][1])
    where = f"«{row.tramo}» en {row.autopista}"
    if best == 100 and second < 100:
        return Match(Metodo.NOMBRE, f"tramo {where}"[:255], row.id, row.autopista)
    if ALIKE <= best < 100 and best - second >= AHEAD:
        motivo = f"tramo parecido ({best:.0f} de 100) a {where}"
        return Match(Metodo.PARECIDO, motivo[:255], row.id, row.autopista)
    if has_company and best < ALIKE and len(here) == 1:
        naming = [row for row in rows if here[0] in catalogo.ends(row)]
        if len(naming) == 1:
            only = naming[0]
            motivo = f"único pórtico de {only.autopista} que nombra «{here[0]}»"
            return Match(Metodo.NOMBRE, motivo[:255], only.id, only.autopista)
    return None


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
        return 100.0 * named + float(fuzz.token_set_ratio(here, " ".join(words(row.tramo or ""))))

    rows = catalogo.on_roads(roads) if roads else list(catalogo.entradas)
    return [row.id for row in sorted(rows, key=lambda row: (-score(row), row.id))[:limit]]
