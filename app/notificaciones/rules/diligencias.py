"""What a receptor did, in the words that courts use, and when a vehicle that was seized may go.

Código de Procedimiento Civil, art. 455, third paragraph: the removal (*retiro*) is not ordered
until ten days after the embargo, unless the court decides otherwise with its reasons. Art. 66: only
holidays suspend that term, so Saturdays count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.ajustes.rules import Setting
from app.core.dates import format_fecha
from app.core.errors import Refused
from app.core.labels import Labelled
from app.core.plazos import add_business_days
from app.notificaciones.rules import TipoRespuesta

#: An act that is said to be older is a slip of the keyboard.
OLDEST = timedelta(days=366)
#: Days between an embargo and the removal; the law may change.
REMOVAL_DAYS = Setting(
    "receptor.dias_retiro",
    grupo="Avisos al receptor",
    place=20,
    etiqueta="Entre el embargo y el retiro",
    defecto=10,
    ayuda="Días hábiles que deben pasar desde el embargo antes de pedir el retiro (CPC, art. 455). "
    "El sábado cuenta. El tribunal puede ordenar otra cosa por resolución fundada.",
    unidad="días hábiles",
    minimo=0,
    maximo=60,
)


class MotivoFrustrada(Labelled):
    """Why an embargo or a removal came to nothing."""

    VEHICULO_AUSENTE = "vehiculo_ausente", "El vehículo no estaba"
    SIN_MORADORES = "sin_moradores", "No había quien atendiera"
    SIN_ACCESO = "sin_acceso", "No dieron acceso"
    SIN_FUERZA_PUBLICA = "sin_fuerza_publica", "Faltó el auxilio de la fuerza pública"
    OTRO_VEHICULO = "otro_vehiculo", "El vehículo no era el de la causa"
    DIRECCION = "direccion", "La dirección no corresponde"
    OTRO = "otro", "Otro motivo"


class Diligencia(Labelled):
    """An act of a receptor judicial, by the words of his profession.

    Beside value and label: the answers with which it can come.
    """

    tipos: tuple[TipoRespuesta, ...]

    BUSQUEDA_POSITIVA = "busqueda_positiva", "Búsqueda positiva", TipoRespuesta.DILIGENCIADO
    BUSQUEDA_NEGATIVA = "busqueda_negativa", "Búsqueda negativa", TipoRespuesta.NO_ENCONTRADO
    CEDULA = "notificacion_cedula", "Notificación por cédula", TipoRespuesta.DILIGENCIADO
    ARTICULO_44 = "notificacion_art_44", "Notificación del artículo 44", TipoRespuesta.DILIGENCIADO
    REQUERIMIENTO = "requerimiento_pago", "Requerimiento de pago", TipoRespuesta.DILIGENCIADO
    EMBARGO = "embargo", "Embargo de vehículo", TipoRespuesta.DILIGENCIADO
    EMBARGO_CON_FUERZA = (
        "embargo_fuerza_publica",
        "Embargo con fuerza pública",
        TipoRespuesta.DILIGENCIADO,
    )
    EMBARGO_FRUSTRADO = (
        "embargo_frustrado",
        "Embargo frustrado",
        TipoRespuesta.FRUSTRADO,
        TipoRespuesta.NO_ENCONTRADO,
    )
    OPOSICION_EMBARGO = "oposicion_embargo", "Oposición al embargo", TipoRespuesta.FRUSTRADO
    RETIRO = "retiro", "Retiro de vehículo", TipoRespuesta.DILIGENCIADO
    RETIRO_CON_FUERZA = (
        "retiro_fuerza_publica",
        "Retiro con fuerza pública",
        TipoRespuesta.DILIGENCIADO,
    )
    RETIRO_FRUSTRADO = (
        "retiro_frustrado",
        "Retiro frustrado",
        TipoRespuesta.FRUSTRADO,
        TipoRespuesta.NO_ENCONTRADO,
    )
    OPOSICION_RETIRO = "oposicion_retiro", "Oposición al retiro", TipoRespuesta.FRUSTRADO
    INSCRIPCION = "inscripcion", "Inscripción", TipoRespuesta.DILIGENCIADO

    def __init__(self, value: Any, label: str = "", *tipos: TipoRespuesta) -> None:
        super().__init__(value, label)
        self.tipos = tipos

    @property
    def has_reason(self) -> bool:
        """Whether it came to nothing, which has a reason."""
        return self in FRUSTRATED


EMBARGOS = (Diligencia.EMBARGO, Diligencia.EMBARGO_CON_FUERZA)
REMOVALS = (Diligencia.RETIRO, Diligencia.RETIRO_CON_FUERZA)
#: What the order asked for is done; an answer without a word for it is taken for that.
FULFILLING = (*EMBARGOS, *REMOVALS)
FRUSTRATED = (Diligencia.EMBARGO_FRUSTRADO, Diligencia.RETIRO_FRUSTRADO)
#: Answers that tell of an act.
TIPOS_CON_DILIGENCIA = (
    TipoRespuesta.DILIGENCIADO,
    TipoRespuesta.FRUSTRADO,
    TipoRespuesta.NO_ENCONTRADO,
)


class DiligenciaRefused(Refused):
    """What was said of an act does not fit together; ``campo`` is the field to look at."""

    def __init__(self, campo: str, text: str) -> None:
        super().__init__(text)
        self.campo = campo


@dataclass(frozen=True)
class Acto:
    """An act of a receptor: what, on which day, and why it came to nothing."""

    diligencia: Diligencia
    fecha: date
    motivo: MotivoFrustrada | None = None

    @property
    def texto(self) -> str:
        """The act in words, to go on a sentence: «embargo de vehículo, el 03-12-2026»."""
        text = f"{self.diligencia.label.lower()}, el {format_fecha(self.fecha)}"
        return f"{text} ({self.motivo.label.lower()})" if self.motivo else text


def read_acto(
    tipo: TipoRespuesta,
    diligencia: Diligencia | None,
    fecha: date | None,
    motivo: MotivoFrustrada | None,
    *,
    today: date,
) -> Acto | None:
    """What an answer says of an act; None where it names none.

    Who did not find the vehicle has given the reason with that.

    Raises:
        DiligenciaRefused: it does not fit the answer, lacks its day or reason, or is to come.
    """
    if diligencia is None:
        if motivo is not None:
            raise DiligenciaRefused("diligencia", "Elija qué diligencia resultó frustrada.")
        return None
    if tipo not in diligencia.tipos:
        fitting = " o ".join(f"«{one.label}»" for one in diligencia.tipos)
        raise DiligenciaRefused("diligencia", f"«{diligencia.label}» va con {fitting}.")
    if fecha is None:
        raise DiligenciaRefused("fecha_diligencia", "Escriba qué día se hizo la diligencia.")
    if fecha > today:
        raise DiligenciaRefused("fecha_diligencia", "Ese día todavía no llega. Revise la fecha.")
    if fecha < today - OLDEST:
        raise DiligenciaRefused("fecha_diligencia", "Ese día es de hace más de un año.")
    if diligencia.has_reason:
        if motivo is None and tipo is TipoRespuesta.NO_ENCONTRADO:
            motivo = MotivoFrustrada.VEHICULO_AUSENTE
        if motivo is None:
            raise DiligenciaRefused("motivo", "Elija por qué resultó frustrada.")
    elif motivo is not None:
        raise DiligenciaRefused("motivo", "Sólo lo frustrado lleva un motivo: déjelo en blanco.")
    return Acto(diligencia, fecha, motivo)


@dataclass(frozen=True)
class Retiro:
    """That a seized vehicle waits for its removal."""

    embargo: Acto
    #: The first day on which the removal may be asked for.
    desde: date

    @property
    def texto(self) -> str:
        """What the case says of it."""
        return (
            f"Embargo del {format_fecha(self.embargo.fecha)}: retiro desde el "
            f"{format_fecha(self.desde)}, salvo resolución fundada (CPC, art. 455)."
        )

    @property
    def nota(self) -> str:
        """What somebody notes who means to come back to it on that day."""
        return f"Pedir el retiro del vehículo, embargado el {format_fecha(self.embargo.fecha)}."


def removal_from(embargo: date, days: int) -> date:
    """The first day on which a removal may be asked for: the term has wholly passed before it."""
    last = add_business_days(embargo, days, sabados=True)
    return add_business_days(last, 1, sabados=True)


def pending_removal(actos: Iterable[Acto], days: int) -> Retiro | None:
    """The removal that a case waits for: of its newest embargo, unless it was removed since."""
    known = list(actos)
    seized = [one for one in known if one.diligencia in EMBARGOS]
    if not seized:
        return None
    embargo = max(seized, key=lambda one: one.fecha)
    if any(one.diligencia in REMOVALS and one.fecha >= embargo.fecha for one in known):
        return None
    return Retiro(embargo, removal_from(embargo.fecha, days))
