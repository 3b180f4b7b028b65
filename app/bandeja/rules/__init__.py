"""What an item of the tray may be, and the limits of what is taken in."""

from __future__ import annotations

from collections.abc import Collection

from app.core.labels import Labelled

#: The job that reads an item.
READ_JOB = "bandeja.leer"
#: Items that one package may hold, and how deep packages may lie in packages.
MAX_PARTS = 200
MAX_DEPTH = 3
#: Bytes that the parts of one package may have together.
MAX_UNPACKED = 200 * 1024 * 1024
#: Prefix of the keys in the storage.
PREFIX = "ingresos"


class EstadoIngreso(Labelled):
    """Where an item stands. The buffet that sent it is told the same word."""

    LEYENDO = "leyendo", "Leyendo", "neutral", "hourglass"
    POR_REVISAR = "por_revisar", "Por revisar", "primary", "eye"
    CREADO = "creado", "Creado", "ok", "check"
    DEVUELTO = "devuelto", "Devuelto", "warn", "arrow-back-up"
    RECHAZADO = "rechazado", "Rechazado", "danger", "ban"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self in {EstadoIngreso.LEYENDO, EstadoIngreso.POR_REVISAR}

    @property
    def plural(self) -> str:
        """The word over a group of them."""
        return {
            EstadoIngreso.CREADO: "Creados",
            EstadoIngreso.DEVUELTO: "Devueltos",
            EstadoIngreso.RECHAZADO: "Rechazados",
        }.get(self, self.label)


class ViaIngreso(Labelled):
    """How an item came in."""

    SUBIDO = "subido", "Subido aquí"
    PORTAL = "portal", "Por el portal"
    CORREO = "correo", "Por correo"


class TipoIngreso(Labelled):
    """What an item is, told by its content."""

    PLANILLA = "planilla", "Planilla", "", "file-spreadsheet"
    PAPEL = "papel", "PDF", "", "file-type-pdf"
    FOTO = "foto", "Imagen", "", "photo"
    PAQUETE = "paquete", "Archivo comprimido", "", "archive"
    CORREO = "correo", "Correo", "", "mail"
    OTRO = "otro", "Otro archivo", "", "file-text"

    @property
    def has_parts(self) -> bool:
        """Whether it is a package, whose parts are items of their own."""
        return self in {TipoIngreso.PAQUETE, TipoIngreso.CORREO}


def settle_package(parts: Collection[EstadoIngreso]) -> EstadoIngreso:
    """Where a package stands by its parts: open while one is, else by the best of its ends."""
    if not parts or any(part.is_open for part in parts):
        return EstadoIngreso.POR_REVISAR
    for end in (EstadoIngreso.CREADO, EstadoIngreso.DEVUELTO):
        if end in parts:
            return end
    return EstadoIngreso.RECHAZADO
