"""When a look-up of a plate is lawful: while its order is in force, and not a day longer.

A plate is looked up in the name of a court order. Only a case in investigation looks for its
vehicle, and only until the day that the order gives, that day included. An order without a limit
has none: the court gave none.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from app.core.clock import local_today
from app.core.dates import format_fecha
from app.core.errors import Refused
from app.oficios.rules import Estado

if TYPE_CHECKING:
    from app.oficios.models import Oficio

#: What the automatic check says of itself.
PERIODIC = "Control periódico"
#: What a program says that gives no reason.
BY_API = "Pedida por la API, sin motivo indicado"
#: What people say most often; another reason is written in full.
MOTIVOS = (
    "Búsqueda del vehículo",
    "Seguimiento antes de ir a terreno",
    "Dato nuevo por confirmar",
    "A pedido del buffet",
)


class CheckRefused(Refused):
    """The order does not allow a look-up now."""


def refusal_to_check(oficio: Oficio, today: date) -> str | None:
    """Why the gantries may not be asked for this order, and what to do; None when they may.

    ``today`` is the day in America/Santiago, by which the office counts.
    """
    if oficio.buffet and oficio.buffet.is_sample:
        return "Es un caso de ejemplo: por él no se consulta nada."
    if oficio.estado.is_final:
        return "El caso está cerrado: para consultar los pórticos, un administrador debe reabrirlo."
    if oficio.estado is Estado.NOTIFICACION:
        return (
            "El vehículo ya fue ubicado, así que las consultas se detuvieron. Si hay que buscarlo "
            "otra vez, devuelva el caso a Investigación."
        )
    if oficio.estado is not Estado.INVESTIGACION:
        return (
            "Los pórticos se consultan solo mientras el caso está en Investigación. Páselo a "
            "Investigación y consulte."
        )
    if oficio.fecha_limite is not None and oficio.fecha_limite < today:
        return (
            f"El plazo de la orden venció el {format_fecha(oficio.fecha_limite)} y ya no autoriza "
            "consultas. Si el tribunal lo amplió, corrija la fecha límite en Datos."
        )
    return None


def require_in_force(oficio: Oficio, now: datetime) -> None:
    """Go on only when the order allows a look-up.

    Raises:
        CheckRefused: it does not; the sentence says why and what to do.
    """
    refusal = refusal_to_check(oficio, local_today(now))
    if refusal is not None:
        raise CheckRefused(refusal)
