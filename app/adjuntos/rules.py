"""Kinds of file, and what is accepted."""

from __future__ import annotations

import enum

#: 40 megapixels: a 21 kB PNG of 13000 x 13000 would otherwise cost 823 MB to open.
MAX_PIXELS = 40_000_000


class TipoAdjunto(enum.Enum):
    """What a file is for."""

    FOTO_VEHICULO = "foto_vehiculo"
    DOCUMENTO = "documento"
    EVIDENCIA = "evidencia"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {
            "foto_vehiculo": "Foto del vehículo",
            "documento": "Documento",
            "evidencia": "Evidencia",
        }[self.value]
