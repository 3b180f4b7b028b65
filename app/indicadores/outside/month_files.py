"""A monthly report as it is handed out: a PDF/A and a workbook with the same figures."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.ajustes.queries import Oficina
from app.core.dates import format_fecha, format_fecha_hora
from app.indicadores.rules import MIN_SAMPLE
from app.indicadores.rules.periodo import name_month
from app.informes.outside.typesetting import print_in_folder
from app.web.table_files import CellKind, Column, Sheet, Table, write_book

if TYPE_CHECKING:
    from app.indicadores.queries.month_contents import ContenidoMensual, HitoDelMes

_TEMPLATE = Path(__file__).parent / "typst" / "informe_mensual.typ"
_LOGO = "logo.png"


class CifraMensual(NamedTuple):
    """A figure with what it counts, in words."""

    nombre: str
    #: None where there is none.
    valor: int | None
    #: How it is written on paper, where that is not the bare number.
    escrito: str
    definicion: str

    @property
    def shown(self) -> str:
        """As it stands on paper."""
        return self.escrito or ("—" if self.valor is None else f"{self.valor:,}".replace(",", "."))


def figures_of(content: ContenidoMensual) -> list[CifraMensual]:
    """The figures of a month, in the order in which they are told."""
    exito = content.exito
    found = [
        CifraMensual(
            "Recibidos", content.recibidos, "", "Oficios que llegaron a la oficina en el mes."
        ),
        CifraMensual(
            "Cerrados", exito.n, "", "Oficios que se cerraron en el mes y no se reabrieron."
        ),
        CifraMensual("Encontrados", exito.si, "", "De los cerrados, con el vehículo encontrado."),
        CifraMensual(
            "Abiertos al final",
            content.abiertos,
            "",
            f"Oficios abiertos el {format_fecha(content.seleccion.hasta)}.",
        ),
    ]
    ubicar = content.ubicar
    if ubicar is not None:
        found += [
            CifraMensual(
                "Ubicados", ubicar["ubicados"], "", "Oficios cuyo vehículo se ubicó en el mes."
            ),
            CifraMensual(
                "Días hasta ubicar, la mitad",
                ubicar["mediana"],
                "",
                "Días corridos desde el ingreso: la mitad de los ubicados tardó eso o menos. "
                f"Con menos de {MIN_SAMPLE} ubicados no se muestra.",
            ),
        ]
    promesas = content.promesas
    if promesas is not None:
        found.append(
            CifraMensual(
                "Promesas cumplidas",
                promesas["cumplidas"],
                f"{promesas['cumplidas']} de {promesas['decididas']}",
                "De las promesas que se cumplieron o vencieron en el mes.",
            )
        )
    return found


def print_month(
    content: ContenidoMensual, office: Oficina, logo: bytes | None, *, now: datetime
) -> bytes:
    """The PDF/A of a month.

    Raises:
        PrintFailed: typst could not set it.
        OSError: a disk is full.
    """
    with tempfile.TemporaryDirectory(prefix="mensual-") as name:
        folder = Path(name)
        if logo:
            (folder / _LOGO).write_bytes(logo)
        data = _as_printed(content, office, _LOGO if logo else "")
        return print_in_folder(_TEMPLATE, data, folder, now=now).read_bytes()


def write_month(content: ContenidoMensual) -> bytes:
    """The workbook of a month: its figures, weeks, steps and milestones."""
    note = f"Cifras hasta el {format_fecha_hora(content.leido_at)}."
    sheets = [
        Sheet(_FIGURES, figures_of(content), note),
        Sheet(_table_of(content.ritmo, "Semanas"), content.ritmo.filas),
        Sheet(_table_of(content.etapas, "Pasos"), content.etapas.filas),
        Sheet(HITOS_TABLE, content.hitos),
    ]
    with write_book(sheets) as file:
        return file.read()


_FIGURES: Table[CifraMensual] = Table(
    "Resumen",
    (
        Column("Cifra", lambda one: one.nombre, width=30),
        Column("Valor", lambda one: one.valor, CellKind.NUMBER, width=12),
        Column("Qué cuenta", lambda one: one.definicion, width=80),
    ),
)
HITOS_TABLE: Table[HitoDelMes] = Table(
    "Hitos",
    (
        Column("Oficio", lambda one: one.numero_oficio, width=18),
        Column("Rol", lambda one: one.rol),
        Column("Patente", lambda one: one.patente, width=10),
        Column("Fecha", lambda one: one.dia, CellKind.DATE, width=12),
        Column("Hito", lambda one: one.texto, width=40),
    ),
)


def _table_of(cuadro: Any, title: str) -> Table[Any]:
    return Table(
        title,
        tuple(
            Column(
                medida.label,
                lambda row, key=medida.clave: row[key],  # type: ignore[misc]
                width=max(14, len(medida.label) + 2),
            )
            for medida in cuadro.medidas
        ),
    )


def _as_printed(content: ContenidoMensual, office: Oficina, logo: str) -> dict[str, Any]:
    figures = figures_of(content)
    return {
        "oficina": office.nombre,
        "logo": logo,
        "buffet": content.buffet,
        "mes": name_month(content.mes),
        "desde": format_fecha(content.seleccion.desde),
        "hasta": format_fecha(content.seleccion.hasta),
        "leido": format_fecha_hora(content.leido_at),
        "cifras": [[one.shown, one.nombre] for one in figures[:4]],
        "otras": [[one.nombre, one.shown] for one in figures[4:]],
        "palabras": [[one.nombre, one.definicion] for one in figures],
        "semanas": _printed_rows(content.ritmo),
        "pasos": _printed_rows(content.etapas),
        "pasos_palabras": content.etapas.informe.definicion,
        "semanas_palabras": content.ritmo.informe.definicion,
        "hitos": _by_case(content.hitos),
    }


def _printed_rows(cuadro: Any) -> dict[str, Any]:
    """A table as texts: its head, and its rows; no rows where there is nothing to count."""
    return {
        "cabeza": [medida.label for medida in cuadro.medidas],
        "filas": [
            [_written(row[medida.clave]) for medida in cuadro.medidas] for row in cuadro.filas
        ],
    }


def _written(value: Any) -> str:
    if value is None:
        return "—"
    return format_fecha(value) if isinstance(value, date) else str(value)


def _by_case(hitos: Any) -> list[dict[str, Any]]:
    cases: dict[int, dict[str, Any]] = {}
    for one in hitos:
        name = " · ".join(part for part in (one.numero_oficio, one.rol, one.patente) if part)
        case = cases.setdefault(one.oficio_id, {"caso": name, "hitos": []})
        case["hitos"].append([format_fecha(one.dia), one.texto])
    return list(cases.values())
