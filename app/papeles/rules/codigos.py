"""Plates, RUTs, roles and chassis numbers in a text: what their check digits say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from app.core.errors import InvalidValue
from app.core.patente import LETRAS_NUEVAS, FormatoPatente, Patente, parse_patente
from app.core.rol import parse_rol_causa
from app.core.rut import Rut, parse_rut
from app.papeles.rules.documento import TextoDePapel

_CUE = re.compile(
    r"(?:PATENTE(?:\s+UNICA)?|P\.?\s?P\.?\s?U\.?|PLACA(?:\s+PATENTE)?(?:\s+UNICA)?|INSCRIPCION)"
    r"\s*(?:N(?:°|RO\.?|UMERO)*)?\s*[:.]*\s*\(?$"
)
#: Vehicles that are named beside the one that is looked for.
_ANOTHER = re.compile(r"\b(?:GRUA|CAMION\s+PLUMA|TRASLADADOR)\b[^.;]{0,60}$")
_END = (
    r"(?:\s?-\s?(?P<dv>[0-9K])|,?\s+D(?:IGITO|\.\s?V\.|V)(?:\s+VERIFICADOR)?\s*:?\s*(?P<digit>[0-9K])(?!\w))?"
    r"(?![A-Z0-9])(?!-[0-9])"
)
_PLATES = (
    re.compile(r"(?<![A-Z0-9.-])(?P<p>[A-Z]{2}[.·-]?[A-Z]{2}[.·-]?\d{2})" + _END),
    re.compile(r"(?<![A-Z0-9.-])(?P<p>[A-Z]{2}\s?[A-Z]{2}\s\d{2})" + _END),
    re.compile(r"(?<![A-Z0-9.-])(?P<p>[A-Z]{2}[.·\s-]?\d{2}[.·-]?\d{2})" + _END),
    re.compile(r"(?<![A-Z0-9.-])(?P<p>[A-Z]{3}[.·-]?\d{2,3})" + _END),
    re.compile(r"(?<![A-Z0-9.-])(?P<p>[A-Z]{4}\d{2})(?P<dv>[0-9K])(?![A-Z0-9])"),
    re.compile(r"(?<![A-Z0-9.-])(?P<p>[A-Z]{2}\s?[.·-]?\s?[A-Z0-9]{2}\s?[.·-]\s?\d{2})" + _END),
)
#: Those of them that a sentence may hold by chance.
_LOOSE = {1, 5}
#: Places of each form that are looked at.
_MOST = 400
#: How far before a plate its cue may stand.
_NEAR = 40
_RUT = re.compile(r"(?<![\w.-])(?P<rut>\d{1,2}[. ]?\d{3}[. ]?\d{3}\s?-\s?[\dK])(?![\w-])")
_ROL = re.compile(
    r"(?<![A-Z0-9])(?P<tipo>[CVE])\s?-\s?(?P<n>\d{1,3}(?:\.\d{3})+|\d{1,7})\s?[-/]\s?"
    r"(?P<anio>(?:19|20)\d{2})(?!\d)"
)
_VIN = re.compile(r"(?<![A-Z0-9])(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])")


class PatenteHallada(NamedTuple):
    """A plate in a text."""

    start: int
    end: int
    patente: Patente
    #: Whether a word before it says that it is a plate.
    has_cue: bool

    @property
    def is_checked(self) -> bool:
        """Whether its check digit adds up."""
        return bool(self.patente.dv) and self.patente.dv == self.patente.dv_esperado


class RutHallado(NamedTuple):
    """A RUT in a text."""

    start: int
    end: int
    rut: Rut


class RolHallado(NamedTuple):
    """The number of a case in a text."""

    start: int
    end: int
    rol: str


def find_plates(doc: TextoDePapel) -> list[PatenteHallada]:
    """The plates of a paper in their order; what only looks like one is left out.

    A plate has its cue before it, or a check digit that adds up.
    """
    found: dict[int, PatenteHallada] = {}
    for number, shape in enumerate(_PLATES):
        for match in islice(shape.finditer(doc.prosa), _MOST):
            if any(one.start < match.end() and match.start() < one.end for one in found.values()):
                continue
            before = doc.prosa[max(0, match.start() - 100) : match.start()]
            has_cue = _CUE.search(before[-_NEAR:].rstrip(' "')) is not None
            if number in _LOOSE and not has_cue:
                continue
            plate = _read(match)
            if plate is None or _ANOTHER.search(before):
                continue
            one = PatenteHallada(match.start(), match.end(), plate, has_cue)
            if has_cue or one.is_checked:
                found[match.start()] = one
    return [found[start] for start in sorted(found)]


def plate_in(text: str) -> Patente | None:
    """The plate that a cell of a table holds."""
    try:
        return parse_patente(text)
    except InvalidValue:
        return None


def _read(match: re.Match[str]) -> Patente | None:
    plate = re.sub(r"[^A-Z0-9]", "", match["p"])
    dv = match["dv"] or match.groupdict().get("digit")
    written = f"{plate}-{dv}" if dv else plate
    try:
        patente = parse_patente(written)
    except InvalidValue:
        return None
    if patente.valor != plate:
        return None
    if patente.formato is FormatoPatente.MOTO_NUEVA and len(plate) == 6:
        # The register pads it.
        short = parse_patente(plate[:3] + plate[4:] + (f"-{dv}" if dv else ""))
        return short
    if patente.formato is FormatoPatente.AUTO_2007 and not set(plate[:4]) <= LETRAS_NUEVAS:
        return None
    return patente


def find_ruts(doc: TextoDePapel) -> Iterator[RutHallado]:
    """The RUTs of a paper in their order, whether or not their digit adds up."""
    for match in _RUT.finditer(doc.prosa):
        try:
            yield RutHallado(match.start(), match.end(), parse_rut(match["rut"]))
        except InvalidValue:
            continue


def find_roles(doc: TextoDePapel) -> Iterator[RolHallado]:
    """The numbers of cases of a paper in their order."""
    for match in _ROL.finditer(doc.prosa):
        try:
            rol = parse_rol_causa(match[0])
        except InvalidValue:
            continue
        yield RolHallado(match.start(), match.end(), rol)


def find_vins(doc: TextoDePapel) -> Iterator[re.Match[str]]:
    """What can be a chassis number of today by its form alone."""
    return _VIN.finditer(doc.prosa)


def vin_adds_up(vin: str) -> bool:
    """Whether the ninth place is the check digit of ISO 3779, which not every maker uses."""
    values = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    if len(vin) != 17 or set("IOQ") & set(vin):
        return False
    total = sum(
        int(values.get(sign, sign)) * weight for sign, weight in zip(vin, weights, strict=True)
    )
    return "0123456789X"[total % 11] == vin[8]
