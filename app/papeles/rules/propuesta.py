"""What a form is filled with, of one paper or of an order and the certificate of its vehicle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.core.rut import format_rut
from app.core.text import fold
from app.papeles.rules import ClasePapel, DatoHallado, DatosHallados, LecturaDePapel
from app.papeles.rules.documento import Caja

#: Field of what is read to field of the form, where the names differ.
_FORM = {
    "propietario_nombre": "persona_nombre",
    "propietario_rut": "persona_rut",
    "propietario_telefono": "persona_telefono",
    "propietario_email": "persona_email",
}
#: Further persons, and further addresses, of one form.
MOST_ROWS = 8
#: Powers that the case has no field of its own for.
_OTHER_POWERS = {"allanamiento": "Allanamiento", "habilitacion": "Días y horas inhábiles"}
_CASE = (
    "numero_oficio",
    "rol",
    "tribunal",
    "caratulado",
    "fecha_oficio",
    "persona_nombre",
    "persona_rut",
    "persona_telefono",
    "persona_email",
    "direccion",
    "comuna",
    "fuerza_publica",
    "descerrajamiento",
)
_VEHICLE = ("patente", "tipo_vehiculo", "marca", "modelo", "anio", "color", "vin", "motor")


#: What a plate tells: it is the vehicle's, whoever looks for it.
KNOWN_BY_PLATE = _VEHICLE[1:]


@dataclass(frozen=True)
class LugarEnPapel:
    """A place in one of the papers that lie side by side."""

    #: Its place among the papers, from 0.
    papel: int
    caja: Caja


@dataclass(frozen=True)
class CampoPropuesto:
    """What a field of the form is filled with, where it stands, and what others say of it."""

    valor: str
    lugares: Sequence[LugarEnPapel] = ()
    duda: str = ""
    #: What another paper says: its value and its place.
    otros: Sequence[tuple[str, LugarEnPapel | None]] = ()
    #: Whether it is a power that the paper refuses.
    is_refused: bool = False


@dataclass(frozen=True)
class PapelPropuesto:
    """A form, filled in."""

    campos: Mapping[str, CampoPropuesto] = field(default_factory=dict)
    #: What each person and address is beside the first, from the second on; fields of theirs are
    #: among ``campos`` as ``persona_2_nombre`` and ``direccion_2_direccion``.
    personas: Sequence[str] = ()
    direcciones: Sequence[str] = ()
    #: Fields that no paper says and an earlier case of the plate knows.
    conocidos: Mapping[str, str] = field(default_factory=dict)

    @property
    def dudas(self) -> list[str]:
        """The fields that somebody should look at, in the order of the form."""
        return [name for name, campo in self.campos.items() if campo.duda or campo.otros]

    def data(self) -> dict[str, object]:
        """What the form takes."""
        told: dict[str, object] = {name: one.valor for name, one in self.campos.items()}
        for power in ("fuerza_publica", "descerrajamiento"):
            if power in told:
                told[power] = told[power] == "sí"
        return told


def propose(papeles: Sequence[LecturaDePapel], patente: str) -> PapelPropuesto:
    """Fill in a form by some papers of one vehicle; those before win, and differences are shown.

    The certificate tells of the vehicle and its owner, and of the order nothing.
    """
    papeles = [_of_vehicle(papel, patente) for papel in papeles]
    campos: dict[str, CampoPropuesto] = {}
    for name in _CASE:
        read = {form: raw for raw, form in _FORM.items()}.get(name, name)
        told = [
            (number, papel.caso[read])
            for number, papel in enumerate(papeles)
            if read in papel.caso and not (read == "fecha_oficio" and papel.clase is ClasePapel.CAV)
        ]
        if told:
            campos[name] = _merged(name, told)
    campos |= _term_and_powers(papeles)
    vehicles = [(number, _vehicle(papel, patente)) for number, papel in enumerate(papeles)]
    for name in _VEHICLE:
        told = [(number, car[name]) for number, car in vehicles if name in car]
        if told:
            campos[name] = _merged(name, told)
    if "patente" in campos:
        campos["patente"] = _with_digit(campos["patente"], [car for _, car in vehicles])
    if "numero_oficio" not in campos and "rol" in campos and "patente" in campos:
        campos = {"numero_oficio": _made_number(campos), **campos}
    personas, direcciones = _people(papeles, patente, campos), _places(papeles, patente, campos)
    for prefix, rows in (("persona", personas), ("direccion", direcciones)):
        for number, row in enumerate(rows, start=2):
            campos |= {
                f"{prefix}_{number}_{name}": campo
                for name, campo in row.items()
                if isinstance(campo, CampoPropuesto)
            }
    return PapelPropuesto(
        campos,
        [str(row["tipo"]) for row in personas],
        [str(row["tipo"]) for row in direcciones],
    )


#: Of a person or an address beside the first: its fields, and what it is.
_Row = dict[str, "CampoPropuesto | str"]


def _rows_of(
    papeles: Sequence[LecturaDePapel], patente: str, kind: str
) -> Iterator[tuple[int, DatosHallados]]:
    """The rows of one kind that are the vehicle's, each with the place of its paper."""
    for number, papel in enumerate(papeles):
        rows: Sequence[DatosHallados] = getattr(papel, kind)
        for row in rows:
            if "patente" not in row or row["patente"].valor == patente:
                yield number, row


def _people(
    papeles: Sequence[LecturaDePapel], patente: str, campos: Mapping[str, CampoPropuesto]
) -> list[_Row]:
    first = [campos[name] for name in ("persona_nombre", "persona_rut") if name in campos]
    known = [one.valor for one in first] + [value for one in first for value, _ in one.otros]
    rows: list[_Row] = []
    for number, row in _rows_of(papeles, patente, "personas"):
        told = {
            form: _merged(f"persona_{form}", [(number, row[read])])
            for form, read in (("nombre", "propietario_nombre"), ("rut", "propietario_rut"))
            if read in row
        }
        who = [one.valor for one in told.values()]
        if any(is_same(one, other) for one in who for other in known):
            continue
        known += who
        rows.append({**told, "tipo": row["tipo"].valor})
    return rows[:MOST_ROWS]


def _places(
    papeles: Sequence[LecturaDePapel], patente: str, campos: Mapping[str, CampoPropuesto]
) -> list[_Row]:
    known = [campos["direccion"].valor] if "direccion" in campos else []
    rows: list[_Row] = []
    for number, row in _rows_of(papeles, patente, "direcciones"):
        street = row["direccion"].valor
        if any(is_same(street, other) for other in known):
            continue
        known.append(street)
        told: _Row = {
            name: _merged(name, [(number, row[name])])
            for name in ("direccion", "comuna")
            if name in row
        }
        if "de" in row:
            places = [LugarEnPapel(number, caja) for caja in row["de"].cajas]
            told["notas"] = CampoPropuesto(f"De {row['de'].valor}", places)
        rows.append({**told, "tipo": row["tipo"].valor})
    return rows[:MOST_ROWS]


def fill_known(propuesta: PapelPropuesto, facts: Mapping[str, str]) -> PapelPropuesto:
    """A form with what earlier cases know of its vehicle, where the papers say nothing; marked."""
    known = {name: value for name, value in facts.items() if name not in propuesta.campos}
    if "patente" not in propuesta.campos or not known:
        return propuesta
    duda = "El papel no lo dice; es de un caso anterior de la oficina con esta patente."
    added = {name: CampoPropuesto(value, duda=duda) for name, value in known.items()}
    return replace(propuesta, campos={**propuesta.campos, **added}, conocidos=known)


def vehicles_of(papeles: Sequence[LecturaDePapel]) -> list[str]:
    """The plates of some papers, in their order, each once."""
    return list(
        dict.fromkeys(
            car["patente"].valor for papel in papeles for car in papel.vehiculos if "patente" in car
        )
    )


def is_same(one: str, other: str) -> bool:
    """Whether two values differ by no more than accents, capitals and punctuation."""
    return re.sub(r"[^a-z0-9]+", " ", fold(one)) == re.sub(r"[^a-z0-9]+", " ", fold(other))


def _vehicle(papel: LecturaDePapel, patente: str) -> DatosHallados:
    for car in papel.vehiculos:
        if "patente" in car and car["patente"].valor == patente:
            return car
    alone = papel.vehiculos[0] if len(papel.vehiculos) == 1 else {}
    return {} if "patente" in alone and patente else alone


def _of_vehicle(papel: LecturaDePapel, patente: str) -> LecturaDePapel:
    """A paper as one vehicle has it: of a file with several orders, what its own order says."""
    car = _vehicle(papel, patente)
    own = {name: one for name, one in car.items() if name not in {*_VEHICLE, "patente_dv"}}
    return replace(papel, caso={**papel.caso, **own}) if own else papel


def _merged(name: str, told: Sequence[tuple[int, DatoHallado]]) -> CampoPropuesto:
    number, first = told[0]
    places = [LugarEnPapel(number, caja) for caja in first.cajas]
    duda = first.duda
    otros: list[tuple[str, LugarEnPapel | None]] = []
    if first.otro:
        where = LugarEnPapel(number, first.otras_cajas[0]) if first.otras_cajas else None
        otros.append((_shown(name, first.otro), where))
    for other_number, other in told[1:]:
        where = LugarEnPapel(other_number, other.cajas[0]) if other.cajas else None
        if is_same(first.valor, other.valor):
            places += [where] if where else []
            if first.duda and not other.duda:
                duda = ""
        elif not any(is_same(other.valor, value) for value, _ in otros):
            otros.append((_shown(name, other.valor), where))
    return CampoPropuesto(
        _shown(name, first.valor), places, duda, otros, is_refused=first.valor == "no"
    )


def _shown(name: str, valor: str) -> str:
    return format_rut(valor) if name == "persona_rut" else valor


def _with_digit(campo: CampoPropuesto, cars: Sequence[DatosHallados]) -> CampoPropuesto:
    for car in cars:
        if "patente" in car and car["patente"].valor == campo.valor and "patente_dv" in car:
            plate = f"{campo.valor}-{car['patente_dv'].valor}"
            return CampoPropuesto(plate, campo.lugares, campo.duda, campo.otros)
    return campo


def _made_number(campos: Mapping[str, CampoPropuesto]) -> CampoPropuesto:
    plate = campos["patente"].valor.split("-")[0]
    return CampoPropuesto(
        f"{campos['rol'].valor} {plate}",
        duda="El papel no trae número: se propone el rol con la patente. Cámbielo si lo sabe.",
    )


def _term_and_powers(papeles: Sequence[LecturaDePapel]) -> dict[str, CampoPropuesto]:
    campos: dict[str, CampoPropuesto] = {}
    for number, papel in enumerate(papeles):
        plazo = papel.caso.get("plazo")
        if plazo is not None and "notas_generales" not in campos:
            places = [LugarEnPapel(number, caja) for caja in plazo.cajas]
            text = f"Plazo que da el papel: {plazo.valor} {plazo.regla}."
            campos["notas_generales"] = CampoPropuesto(text, places)
        granted = [
            (label, papel.caso[power])
            for power, label in _OTHER_POWERS.items()
            if power in papel.caso and papel.caso[power].valor == "sí"
        ]
        if granted and "facultades" not in campos:
            places = [LugarEnPapel(number, caja) for _, one in granted for caja in one.cajas]
            campos["facultades"] = CampoPropuesto(", ".join(label for label, _ in granted), places)
    return campos
