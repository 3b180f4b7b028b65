"""The package in which the data of an ended contract go back to their law firm."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from app.adjuntos.outside.storage import get_storage
from app.buffets.models import Buffet
from app.core.clock import to_local
from app.core.dates import format_fecha_hora
from app.cumplimiento.queries.encargados import (
    RETURNED,
    iter_returned,
    list_returned_files,
    returned_columns,
)
from app.db import Model
from app.informes.outside.zip_package import MANIFEST, Paquete
from app.web.table_files import CellKind, Column, Table, write_csv

#: Bytes of a table that are held in memory before they go to a file.
_IN_MEMORY = 1024 * 1024


@dataclass(frozen=True)
class PaqueteDevuelto:
    """The package, and how many rows its tables have."""

    paquete: Paquete
    filas: int


def pack_returned(buffet: Buffet, oficio_ids: Sequence[int], *, now: datetime) -> PaqueteDevuelto:
    """The tables of some cases, their originals and expedientes, and a list of all hashes.

    The tables are CSV: a cell of XLSX would cut a long text. They are written to temporary files,
    which go when the package is closed: of any number of cases little is held in memory.

    Raises:
        OSError: the disk is full.
    """
    tables: dict[str, BinaryIO] = {}
    lines: list[str] = []
    filas = 0
    with ExitStack() as unless_packed:
        for model in RETURNED:
            name = f"tablas/{model.__tablename__}.csv"
            tables[name] = unless_packed.enter_context(_open_table())
            digest, count = _write_table(tables[name], model, oficio_ids)
            lines.append(f"{digest}  {name}")
            filas += count
        files = list_returned_files(oficio_ids)
        lines += [f"{each.sha256}  {each.nombre}" for each in files]
        local = to_local(now)
        returned = PaqueteDevuelto(
            Paquete(
                manifest="".join(f"{line}\n" for line in lines),
                readme=(
                    f"Datos que se trataban por encargo de {buffet.nombre}, al "
                    f"{format_fecha_hora(now)}.\n\n"
                    f"{len(oficio_ids)} casos: la carpeta tablas los trae en CSV (UTF-8, punto y "
                    "coma), unidos por sus números (id, oficio_id…); archivos y expedientes traen "
                    "los originales y los PDF emitidos, por número de caso.\n"
                    f"Para comprobarlos, en esta carpeta:\n\n    sha256sum -c {MANIFEST}\n"
                ),
                files=[(each.nombre, get_storage(each.almacen), each.key) for each in files],
                stamp=(local.year, local.month, local.day, local.hour, local.minute, local.second),
                evidence={},
                tables=tables,
            ),
            filas,
        )
        unless_packed.pop_all()
    return returned


def _open_table() -> BinaryIO:
    file: BinaryIO = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115
    return file


def _write_table(file: BinaryIO, model: type[Model], oficio_ids: Sequence[int]) -> tuple[str, int]:
    """Write a table; return its SHA-256 and how many rows it has."""
    count = 0

    def rows() -> Iterator[list[Any]]:
        nonlocal count
        for count, row in enumerate(iter_returned(model, oficio_ids), 1):  # noqa: B007
            yield row

    digest = hashlib.sha256()
    for piece in write_csv(_table(model), rows()):
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest(), count


def _table(model: type[Model]) -> Table[list[Any]]:
    return Table(
        model.__personal__.label,
        tuple(
            Column(name, _at(index), CellKind.INSTANT)
            for index, name in enumerate(returned_columns(model))
        ),
    )


def _at(index: int) -> Callable[[list[Any]], Any]:
    return lambda row: row[index]
