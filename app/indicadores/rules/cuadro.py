"""A report as it was worked out: its table, and what its drawing needs besides."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.indicadores.rules import Informe
from app.indicadores.rules.periodo import Seleccion


class TipoMedida(enum.Enum):
    """What a column of a report holds."""

    TEXTO = "texto"
    NUMERO = "numero"
    DIA = "dia"
    PORCENTAJE = "porcentaje"
    PESOS = "pesos"


@dataclass(frozen=True)
class Medida:
    """A column of a report: its name for programs, its heading for people."""

    clave: str
    label: str
    tipo: TipoMedida = TipoMedida.NUMERO


@dataclass(frozen=True)
class CasosDetras:
    """The cases behind the sentence at the foot of a report, for who wants to see them."""

    #: What the link says: «verlos», «ver los 22».
    label: str
    #: What their page is asked for besides the selection.
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cuadro:
    """A report over a selection of days and cases."""

    informe: Informe
    seleccion: Seleccion
    #: The cases behind its figures.
    n: int
    medidas: tuple[Medida, ...]
    #: By the names of the columns; None where there is no figure.
    filas: Sequence[Mapping[str, Any]]
    #: One sentence of what stands out, for the foot of the chart.
    pie: str = ""
    #: Which cases that sentence speaks of; None where it speaks of none, or of too many things.
    detras: CasosDetras | None = None
    #: What keeps it from being shown, in a sentence; then there are no rows.
    impedimento: str = ""
    #: For the drawing alone: nothing that the table does not say.
    dibujo: Mapping[str, Any] = field(default_factory=dict)

    @property
    def titulo(self) -> str:
        """Its title, with the group where it compares groups."""
        if self.informe.is_grouped:
            return f"{self.informe.label} por {self.seleccion.por.label.lower()}"
        return self.informe.label

    @property
    def muestra(self) -> str:
        """The number of cases behind it, in words."""
        return f"{self.n:,}".replace(",", ".") + f" {self.informe.unidad}"
