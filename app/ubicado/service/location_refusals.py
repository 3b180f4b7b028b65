"""What is refused about a location."""

from __future__ import annotations

from datetime import datetime

from app.core.dates import format_fecha_hora, format_relativa
from app.core.errors import Refused
from app.ubicado.models import Ubicacion


class AlreadyLocated(Refused):
    """Somebody found the vehicle before, and the case stands on that."""

    def __init__(self, ubicacion: Ubicacion, now: datetime) -> None:
        when = format_relativa(ubicacion.ubicado_at, now)
        super().__init__(
            f"{ubicacion.usuario.nombre} ya lo ubicó {when} "
            f"({format_fecha_hora(ubicacion.ubicado_at, ubicacion.zona)}) en {ubicacion.completa}. "
            "Vea esa ubicación en el caso; si el vehículo ya no está ahí, indíquelo primero."
        )


class FormReused(Refused):
    """The id of a form came back with another case or another person."""

    def __init__(self) -> None:
        super().__init__("Este formulario ya se usó. Abra «¡Ubicado!» otra vez desde el caso.")
