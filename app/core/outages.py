"""Classifies outages (full disk, read-only or lost database) from the errors of both drivers."""

from __future__ import annotations

import enum
import errno
from collections.abc import Iterator

#: SQLite's primary result codes (sqlite.org/rescode.html).
_SQLITE = {
    8: "READ_ONLY",
    10: "UNREADABLE",
    11: "DAMAGED",
    13: "FULL",
    14: "MISSING",
    26: "DAMAGED",
}
#: PostgreSQL's SQLSTATE (appendix A of its manual).
_POSTGRESQL = {"53100": "FULL", "25006": "READ_ONLY", "XX001": "DAMAGED", "XX002": "DAMAGED"}
_ERRNO = {errno.ENOSPC: "FULL", errno.EDQUOT: "FULL", errno.EROFS: "READ_ONLY"}


class Outage(enum.Enum):
    """Why the machine refuses, whatever was asked."""

    #: No room on the disk, or a quota is used up.
    FULL = "full"
    #: The database or the folder may only be read.
    READ_ONLY = "read_only"
    #: The database's file is not there, or cannot be opened.
    MISSING = "missing"
    #: The database's file is no database, or its pages contradict each other.
    DAMAGED = "damaged"
    #: The disk fails below SQLite; the cause is not told, and it may be a full disk.
    UNREADABLE = "unreadable"


_SENTENCES = {
    Outage.FULL: "No hay espacio en el disco del servidor y no se guardó nada. Avise a quien "
    "administra Rastro: hay que borrar respaldos antiguos o pedir más espacio. Después, repita "
    "lo que hizo.",
    Outage.READ_ONLY: "Por ahora Rastro sólo puede leer, y no se guardó nada. Avise a quien "
    "administra Rastro: el disco o la carpeta de los datos no admite cambios. Después, repita "
    "lo que hizo.",
    Outage.MISSING: "La base de datos no se puede abrir y no se guardó nada. Avise a quien "
    "administra Rastro: en la máquina, «make doctor» dice qué hacer.",
    Outage.DAMAGED: "La base de datos está dañada y no se guardó nada. Avise a quien administra "
    "Rastro: hay que detenerlo y restaurar el último respaldo.",
    Outage.UNREADABLE: "El disco del servidor falla y no se guardó nada. Avise a quien administra "
    "Rastro: hay que revisar el disco y su espacio libre.",
}


def explain(outage: Outage) -> str:
    """What a person reads of an outage: what happened to the deed, and what to do."""
    return _SENTENCES[outage]


def find_outage(error: BaseException) -> Outage | None:
    """The outage that an error comes from; None for every other error.

    Wrappers are looked through: SQLAlchemy's ``orig``, then ``__cause__`` and ``__context__``.
    """
    for one in _chain(error):
        name = (
            _SQLITE.get(getattr(one, "sqlite_errorcode", 0) & 0xFF)
            or _POSTGRESQL.get(getattr(one, "sqlstate", None) or "")
            or (_ERRNO.get(one.errno or 0) if isinstance(one, OSError) else None)
        )
        if name:
            return Outage[name]
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = getattr(found, "orig", None) or found.__cause__ or found.__context__
