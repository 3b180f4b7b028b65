"""Of what a person of the firm is told, how each wants it, and many of a kind in one sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.core.clock import from_local, to_local
from app.core.labels import Labelled

#: The hour of the digest until somebody chooses another, on the clock of Santiago.
DIGEST_HOUR = 8
#: Hours that can be chosen for it: the clock shows each of them every day of the year.
DIGEST_HOURS = range(5, 23)
#: Least time between two messages to one person's devices: what happens meanwhile is one.
DEVICE_PAUSE = timedelta(minutes=1)
#: For so long a push service keeps a message for a device that is off.
DEVICE_LIFE = timedelta(hours=12)
#: Devices on which one person is told; one more ends the oldest.
MAX_DEVICES = 10
#: Least time between two mails «at once» to one person: what happens meanwhile comes in one.
MAIL_PAUSE = timedelta(minutes=10)
#: How long something new joins what was not opened yet; then it is a notice of its own.
JOINS_FOR = timedelta(hours=18)


class PorCorreo(Labelled):
    """How something comes by mail."""

    NO = "no", "No"
    MOMENTO = "momento", "Al momento"
    RESUMEN = "resumen", "En el resumen"


@dataclass(frozen=True)
class Canales:
    """How a person wants to be told of one kind of thing."""

    en_campana: bool = True
    correo: PorCorreo = PorCorreo.NO
    #: On the devices where the person agreed to it, also while no page is open.
    en_equipos: bool = False


class Novedad(Labelled):
    """A kind of thing that a person is told of.

    Beside value and label: what many of them are called (``{n}`` things, ``{casos}`` for «en 5
    casos»; empty: each is told alone), how it comes by mail until a person chooses, and whether it
    is for admins alone.
    """

    ASIGNADO = (
        "asignado",
        "Me asignan un caso",
        "Le asignaron {n} casos",
        PorCorreo.RESUMEN,
    )
    MENCION = (
        "mencion",
        "Alguien me menciona en una nota",
        "{n} menciones a usted{casos}",
        PorCorreo.RESUMEN,
    )
    AVISTAMIENTO = (
        "avistamiento",
        "Avistamiento nuevo de un caso mío",
        "{n} avistamientos nuevos{casos}",
        PorCorreo.NO,
    )
    RESPUESTA = (
        "respuesta",
        "Un receptor responde",
        "{n} respuestas de receptores{casos}",
        PorCorreo.RESUMEN,
    )
    SIN_RESPUESTA = (
        "sin_respuesta",
        "Un receptor no responde",
        "{n} preguntas por receptores que no responden{casos}",
        PorCorreo.NO,
    )
    MENSAJE = (
        "mensaje",
        "Mensajes con un buffet: uno nuevo, o uno por validar",
        "{n} mensajes con buffets{casos}",
        PorCorreo.RESUMEN,
    )
    POR_VENCER = (
        "por_vencer",
        "Un plazo o una promesa está por vencer",
        "{n} plazos o promesas por vencer{casos}",
        PorCorreo.NO,
    )
    VENCIDO = (
        "vencido",
        "Un plazo o una promesa venció",
        "{n} plazos o promesas que vencieron{casos}",
        PorCorreo.RESUMEN,
    )
    SEGUIMIENTO = (
        "seguimiento",
        "Llega el día de un seguimiento",
        "{n} seguimientos para hoy{casos}",
        PorCorreo.NO,
    )
    SIN_ACTIVIDAD = (
        "sin_actividad",
        "Un caso mío lleva días sin actividad",
        "{n} casos sin actividad",
        PorCorreo.NO,
    )
    REVISAR = (
        "revisar",
        "Conviene volver a mirar un vehículo ubicado",
        "{n} vehículos ubicados que conviene volver a mirar",
        PorCorreo.NO,
    )
    CORREO = (
        "correo",
        "Un correo no salió o quedó en duda",
        "{n} correos que no salieron o quedaron en duda{casos}",
        PorCorreo.RESUMEN,
    )
    INGRESO = (
        "ingreso",
        "Llega algo a la bandeja",
        "{n} archivos llegaron a la bandeja",
        PorCorreo.NO,
    )
    TRABAJO = (
        "trabajo",
        "Falla un trabajo",
        "{n} trabajos fallaron",
        PorCorreo.NO,
        True,
    )
    PROVEEDOR = (
        "proveedor",
        "Un proveedor no responde",
        "{n} proveedores no responden",
        PorCorreo.RESUMEN,
        True,
    )
    RESPALDO = (
        "respaldo",
        "El respaldo está atrasado",
        "",
        PorCorreo.RESUMEN,
        True,
    )
    ACCESO = (
        "acceso",
        "Alguien abre un caso que no tiene asignado",
        "{n} aperturas de casos ajenos{casos}",
        PorCorreo.NO,
        True,
    )
    OBLIGACION = (
        "obligacion",
        "Datos personales: solicitudes, encargos, retención y brechas",
        "",
        PorCorreo.NO,
        True,
    )
    CUENTA = (
        "cuenta",
        "Seguridad de mi cuenta",
        "",
        PorCorreo.NO,
    )

    def __init__(
        self,
        _value: str,
        label: str,
        many: str = "",
        correo: PorCorreo = PorCorreo.NO,
        only_admins: bool = False,
    ) -> None:
        super().__init__(_value, label)
        #: What many of them are called in one notice.
        self.many = many
        self.correo = correo
        self.only_admins = only_admins

    @property
    def is_fixed(self) -> bool:
        """Whether the bell always tells it: nobody can silence what concerns their own account."""
        return self is Novedad.CUENTA

    @property
    def usual(self) -> Canales:
        """How it is told until a person chooses."""
        return Canales(correo=self.correo, en_equipos=self in _USUAL_ON_DEVICES)


#: What somebody waits for on the way: told on their devices until they choose.
_USUAL_ON_DEVICES = (Novedad.ASIGNADO, Novedad.RESPUESTA)

#: What a device shows of one: its kind alone, since anybody may look at a screen.
_ON_DEVICE = {
    Novedad.ASIGNADO: "Le asignaron un caso",
    Novedad.MENCION: "Alguien lo menciona en una nota",
    Novedad.AVISTAMIENTO: "Avistamiento nuevo",
    Novedad.RESPUESTA: "Un receptor respondió",
    Novedad.SIN_RESPUESTA: "Un receptor no responde",
    Novedad.MENSAJE: "Mensaje con un buffet",
    Novedad.POR_VENCER: "Un plazo o una promesa está por vencer",
    Novedad.VENCIDO: "Un plazo o una promesa venció",
    Novedad.SEGUIMIENTO: "Seguimiento para hoy",
    Novedad.SIN_ACTIVIDAD: "Un caso lleva días sin actividad",
    Novedad.REVISAR: "Conviene volver a mirar un vehículo ubicado",
    Novedad.CORREO: "Un correo no salió o quedó en duda",
    Novedad.INGRESO: "Llegó algo a la bandeja",
    Novedad.TRABAJO: "Falló un trabajo",
    Novedad.PROVEEDOR: "Un proveedor no responde",
    Novedad.RESPALDO: "El respaldo está atrasado",
    Novedad.ACCESO: "Alguien abrió un caso que no tiene asignado",
    Novedad.OBLIGACION: "Datos personales: algo por atender",
    Novedad.CUENTA: "Seguridad de su cuenta",
}


def say_on_device(novedad: Novedad, numero: str, count: int) -> str:
    """What a device shows: the kind and the number of its case, or how many notices there are."""
    if count > 1:
        return f"{count} avisos nuevos"
    return f"{_ON_DEVICE[novedad]} · oficio {numero}" if numero else _ON_DEVICE[novedad]


@dataclass(frozen=True)
class DeviceKeys:
    """What a browser gives so that it can be told: an address of its maker's, and two values."""

    direccion: str
    p256dh: str
    secreto: str

    @property
    def huella(self) -> str:
        """What the address is found by."""
        return hashlib.sha256(self.direccion.encode()).hexdigest()


#: What comes of the calendar, in the morning for most: all of it is one notice.
_OF_THE_DAY = (
    Novedad.POR_VENCER,
    Novedad.VENCIDO,
    Novedad.SEGUIMIENTO,
    Novedad.SIN_ACTIVIDAD,
)


def family_of(novedad: Novedad) -> tuple[Novedad, ...]:
    """The kinds that share a notice with one: itself, or all that come of the calendar."""
    return _OF_THE_DAY if novedad in _OF_THE_DAY else (novedad,)


def say_many(novedad: Novedad, count: int, cases: int) -> str:
    """Return «12 avistamientos nuevos en 5 casos.», for what is told in one notice."""
    where = f" en {cases} casos" if cases > 1 else ""
    return novedad.many.format(n=count, casos=where) + "."


def say_mixed(counts: Mapping[Novedad, int]) -> str:
    """Return «4 plazos o promesas por vencer, 6 seguimientos para hoy.», for several kinds."""
    parts = [
        one.many.format(n=count, casos="") if count > 1 else _ONE[one]
        for one in _OF_THE_DAY
        if (count := counts.get(one, 0))
    ]
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


_ONE = {
    Novedad.POR_VENCER: "un plazo o una promesa por vencer",
    Novedad.VENCIDO: "un plazo o una promesa que venció",
    Novedad.SEGUIMIENTO: "un seguimiento para hoy",
    Novedad.SIN_ACTIVIDAD: "un caso sin actividad",
}


def offered(is_admin: bool) -> Sequence[Novedad]:
    """The kinds that a person can choose for, in the order of their page."""
    return [one for one in Novedad if is_admin or not one.only_admins]


def last_digest(hour: int, now: datetime) -> datetime:
    """The latest moment, not in the future, at which the clock of Santiago showed this hour."""
    today = to_local(now).date()
    moment = from_local(datetime.combine(today, time(hour)))
    if moment > now:
        moment = from_local(datetime.combine(today - timedelta(days=1), time(hour)))
    return moment
