"""Where a vehicle was found, from which states that is written down, and when to look again."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.ajustes.rules import Setting
from app.core.clock import is_ahead_of
from app.core.labels import Labelled
from app.oficios.rules import Estado

#: Metres. Law 20.886 asks for a photo or video where a position is less exact than this.
COARSE_M = 100
#: Photos that one person took of the case so recently are offered as those of the location.
FRESH_PHOTOS = timedelta(hours=2)
#: Photos of one location.
MAX_PHOTOS = 20
#: A location that waited longer on a phone says when the vehicle was seen.
ARRIVES_LATE = timedelta(minutes=5)
#: Characters of the key with which a form that is sent twice becomes one row: a UUID.
CLIENT_ID_MAX = 36
#: What is most often in the way of a receptor, to be ticked with a thumb.
ACCESOS = (
    "Estacionamiento subterráneo",
    "Hay guardia o conserje",
    "Portón o barrera",
    "Se ve desde la calle",
    "Vehículo tapado",
)
RECHECK_DAYS = Setting(
    "ubicado.dias_revision",
    grupo="Vehículos ubicados",
    place=30,
    etiqueta="Volver a mirar después de",
    defecto=3,
    ayuda="Un vehículo ubicado cuya diligencia no se ha hecho puede irse. Pasado este tiempo se le "
    "propone a quien lleva el caso ir a ver si sigue ahí; pasado otra vez, se le recuerda.",
    unidad="días",
    minimo=1,
    maximo=60,
)
SETTINGS = (RECHECK_DAYS,)


class TipoLugar(Labelled):
    """What kind of place a vehicle was found at."""

    DIRECCION = "direccion", "Dirección"
    VIA_PUBLICA = "via_publica", "Vía pública"


class SinPosicion(Labelled):
    """Why a location has no coordinates."""

    RECHAZADA = "rechazada", "Sin posición: no se dio permiso al teléfono"
    NO_DISPONIBLE = "no_disponible", "Sin posición: el teléfono no la dio"


class ResultadoRevision(Labelled):
    """What somebody found who went to see again."""

    SIGUE = "sigue", "Sigue ahí"
    NO_ESTA = "no_esta", "Ya no está"


def steps_to_notice(estado: Estado) -> list[Estado]:
    """The states that a location leads an open case through, one after the other.

    Also from ``pendiente``: a car that somebody comes across does not wait until the case is
    begun. Both steps are written down, as if they had been made one by one.
    """
    order = [Estado.PENDIENTE, Estado.INVESTIGACION, Estado.NOTIFICACION]
    return order[order.index(estado) + 1 :]


def seen_at(written: datetime | None, sent: datetime | None, now: datetime) -> datetime | None:
    """When a vehicle was seen whose location waited on a phone; None if it was just now.

    How long it waited is told by the phone's clock alone, so that one which is wrong tells it too.
    """
    if written is None or sent is None or sent - written < ARRIVES_LATE:
        return None
    return now - (sent - written)


def is_due(last_seen: datetime, now: datetime, days: int) -> bool:
    """Whether it is time to go and see whether the car is still there.

    A look that a clock which ran ahead dated has no age that anybody knows: it is time.
    """
    return is_ahead_of(last_seen, now) or now - last_seen >= timedelta(days=days)


def rounds_due(last_seen: datetime, now: datetime, days: int) -> int:
    """Number of whole intervals since a look that is not dated in the future (:func:`is_due`)."""
    return (now - last_seen) // timedelta(days=days)


def format_position(lat: float, lon: float, exactitud_m: float | None) -> str:
    """Coordinates as people copy them: ``-33.456000, -70.612000 (± 12 m)``."""
    text = f"{lat:.6f}, {lon:.6f}"
    return text if exactitud_m is None else f"{text} (± {exactitud_m:.0f} m)"


def map_url(lat: float, lon: float) -> str:
    """Where a phone or a desk shows the point on a map."""
    return f"https://www.google.com/maps/search/?api=1&query={lat:.6f}%2C{lon:.6f}"
