"""What is found in a paper, and the limits of what is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.labels import Labelled
from app.papeles.rules.documento import Caja

#: Pages of a paper that are read, and words of all of them together.
MAX_PAGES = 40
MAX_WORDS = 30_000


class ClasePapel(Labelled):
    """What a paper is, by its own words."""

    OFICIO = "oficio", "Oficio"
    EXHORTO = "exhorto", "Exhorto"
    MANDAMIENTO = "mandamiento", "Mandamiento"
    RESOLUCION = "resolucion", "Resolución"
    ORDEN = "orden", "Orden del buffet"
    CAV = "cav", "Certificado de anotaciones"
    OTRO = "otro", "Otro papel"


@dataclass(frozen=True)
class DatoHallado:
    """A value that a paper says in a field, with its place, and how sure that is."""

    valor: str
    #: How it was found, in a word or two.
    regla: str
    cajas: Sequence[Caja] = ()
    #: From 0 to 1.
    confianza: float = 0.9
    #: Why a person should look at it; empty where nothing is odd.
    duda: str = ""
    #: What the certificate in the same file says instead, and where.
    otro: str = ""
    otras_cajas: Sequence[Caja] = ()

    @property
    def pagina(self) -> int | None:
        """The page of its first place."""
        return self.cajas[0].pagina if self.cajas else None

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "valor": self.valor,
            "regla": self.regla,
            "cajas": [list(caja) for caja in self.cajas],
            "confianza": self.confianza,
            "duda": self.duda,
            "otro": self.otro,
            "otras_cajas": [list(caja) for caja in self.otras_cajas],
        }

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> DatoHallado:
        """What was stored."""
        return cls(
            told["valor"],
            told["regla"],
            _boxes_of(told["cajas"]),
            told["confianza"],
            told["duda"],
            # Papers that were read before this was told lack it.
            told.get("otro", ""),
            _boxes_of(told.get("otras_cajas", ())),
        )


def _boxes_of(told: Sequence[Sequence[float]]) -> list[Caja]:
    return [Caja(int(caja[0]), *caja[1:]) for caja in told]


#: The values of one thing (the order, a vehicle), by field.
DatosHallados = Mapping[str, DatoHallado]


@dataclass(frozen=True)
class LecturaDePapel:
    """What a paper says: of the case, and of each vehicle."""

    clase: ClasePapel
    #: Fields of the order, its person and address; ``exhorto`` and powers among them.
    caso: DatosHallados = field(default_factory=dict)
    vehiculos: Sequence[DatosHallados] = ()
    #: Who else is sought or answers for them, with ``tipo``; of one vehicle alone, its ``patente``.
    personas: Sequence[DatosHallados] = ()
    #: Their further addresses, with ``tipo``, and ``de`` where it is another person's.
    direcciones: Sequence[DatosHallados] = ()
    #: People who are named and are neither owner nor debtor, with what they are.
    ajenos: Sequence[tuple[str, DatoHallado]] = ()
    #: What each page is, where a file holds papers of several kinds.
    hojas: Mapping[int, ClasePapel] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "clase": self.clase.value,
            "caso": _to_json(self.caso),
            "vehiculos": [_to_json(one) for one in self.vehiculos],
            "personas": [_to_json(one) for one in self.personas],
            "direcciones": [_to_json(one) for one in self.direcciones],
            "ajenos": [[papel, found.to_json()] for papel, found in self.ajenos],
            # JSON has no numbers for keys.
            "hojas": {str(page): clase.value for page, clase in self.hojas.items()},
        }

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> LecturaDePapel:
        """What was stored."""
        return cls(
            ClasePapel(told["clase"]),
            _of_json(told["caso"]),
            [_of_json(one) for one in told["vehiculos"]],
            # Papers that were read before these were told lack them.
            [_of_json(one) for one in told.get("personas", ())],
            [_of_json(one) for one in told.get("direcciones", ())],
            [(papel, DatoHallado.of_json(found)) for papel, found in told["ajenos"]],
            {int(page): ClasePapel(clase) for page, clase in told.get("hojas", {}).items()},
        )


def _to_json(datos: DatosHallados) -> dict[str, Any]:
    return {name: found.to_json() for name, found in datos.items()}


def _of_json(told: Mapping[str, Any]) -> dict[str, DatoHallado]:
    return {name: DatoHallado.of_json(found) for name, found in told.items()}
