"""The list of a buffet's cases as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.clock import local_today
from app.notificaciones.rules.avance import Avance
from app.oficios.rules import Estado
from app.portal.rules import PASOS
from app.web.table_files import CellKind, Column, Table


@dataclass(frozen=True)
class Linea:
    """A case with all that a buffet is told of it in a list."""

    row: Any
    avance: Avance
    dias: dict[Estado, int]
    #: What it has to do itself; empty where nothing waits for it.
    propio: str

    @property
    def sigue(self) -> str:
        """What happens next, and who does it."""
        return self.propio or self.avance.proximo_paso


def _days_in(estado: Estado) -> Column[Linea]:
    return Column(
        f"Días en {PASOS[estado].lower().removeprefix('en ')}",
        lambda one: one.dias.get(estado),
        CellKind.NUMBER,
        width=12,
    )


PORTAL_TABLE: Table[Linea] = Table(
    "Oficios",
    (
        Column("Oficio", lambda one: one.row.numero_oficio, width=18),
        Column("Patente", lambda one: one.row.patente, width=10),
        Column("Marca", lambda one: one.row.marca),
        Column("Modelo", lambda one: one.row.modelo),
        Column("Rol", lambda one: one.row.rol),
        Column("Tribunal", lambda one: one.row.tribunal, width=34),
        Column("Carátula", lambda one: one.row.caratulado, width=34),
        Column("Ingreso", lambda one: one.row.fecha_ingreso, CellKind.DATE, width=12),
        Column("Plazo", lambda one: one.row.fecha_limite, CellKind.DATE, width=12),
        Column("Paso", lambda one: PASOS[one.row.estado], width=24),
        _days_in(Estado.PENDIENTE),
        _days_in(Estado.INVESTIGACION),
        _days_in(Estado.NOTIFICACION),
        Column("Lo último", lambda one: one.avance.hitos[0].texto, width=34),
        Column(
            "Fecha de lo último",
            lambda one: local_today(one.avance.hitos[0].cuando),
            CellKind.DATE,
            width=12,
        ),
        Column(
            "Última actividad",
            lambda one: local_today(one.row.ultima_actividad_at),
            CellKind.DATE,
            width=12,
        ),
        Column("Lo que sigue", lambda one: one.sigue, width=40),
        Column("Espera algo de ustedes", lambda one: "Sí" if one.propio else "No", width=12),
    ),
)
