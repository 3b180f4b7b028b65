"""Files of the tray emptied, with the packages that they came in. Call it in a transaction."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.bandeja.models import Ingreso, Origen
from app.db import db
from app.planillas.models import Importacion
from app.supresion.service.emptied_rows import empty_columns, empty_rows
from app.supresion.service.recuento import Recuento


def with_packages(above: set[int]) -> set[int]:
    """Items of the tray with the packages and mails that they came in."""
    ids: set[int] = set()
    while above:
        ids |= above
        packages = sa.select(Ingreso.padre_id).where(Ingreso.id.in_(above))
        above = {each for each in db.session.scalars(packages) if each is not None} - ids
    return ids


def empty_items(ids: set[int], done: Recuento, reason: str, now: datetime) -> None:
    """Empty items of the tray, with their files and the lists that were made of them."""
    files = sa.select(Ingreso.almacen, Ingreso.archivo_key, Ingreso.importacion_id)
    lists: list[int] = []
    for almacen, key, importacion_id in db.session.execute(files.where(Ingreso.id.in_(ids))):
        if key:
            done.archivos.append([almacen, key])
        if importacion_id is not None:
            lists.append(importacion_id)
    empty_rows(Ingreso, sorted(ids), done, reason=reason, now=now)
    for pk in lists:
        empty_columns(Importacion, pk, ["contenido"])


def empty_unless_kept(
    ids: set[int], keep: set[int], done: Recuento, reason: str, now: datetime
) -> None:
    """Empty items and the packages around them, but those of which a case was made that stays."""
    ids = with_packages(ids)
    kept = set(
        db.session.scalars(
            sa.select(Origen.ingreso_id).where(
                Origen.ingreso_id.in_(ids), Origen.oficio_id.in_(keep)
            )
        )
    )
    done.por_juzgar += [
        {"tabla": "ingresos", "fila": key, "que": "el archivo de un caso que se conserva"}
        for key in sorted(kept)
    ]
    empty_items(ids - kept, done, reason, now)
