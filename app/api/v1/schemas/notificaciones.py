"""The mails of an oficio, and what came of them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import ConfigDict

from app.api.v1.schemas.base import Body, Paging, Shown, example
from app.api.v1.schemas.fields import Maybe, ReceptorComment
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion, TipoRespuesta
from app.notificaciones.rules.diligencias import Diligencia, MotivoFrustrada

_TASK = "0b8f6c3e-6a53-4d0e-9a4e-4f2f0f7f9d11"


class NotificacionQuery(Paging):
    """Which mails."""

    estado: EstadoNotificacion | None = None
    tipo: TipoNotificacion | None = None


class RespuestaNew(Body):
    """What a receptor answered by telephone or in person.

    ``diligencia`` is what he did, and then ``fecha_diligencia`` its day; what came to nothing
    (``embargo_frustrado``, ``retiro_frustrado``) has a ``motivo``.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            tipo="diligenciado", diligencia="embargo", fecha_diligencia="2026-11-24"
        )
    )

    tipo: TipoRespuesta
    comentario: Maybe[ReceptorComment] = None
    diligencia: Diligencia | None = None
    fecha_diligencia: date | None = None
    motivo: MotivoFrustrada | None = None


class RespuestaShown(Shown):
    """What a receptor answered through the link in a notice, or the office wrote down of it.

    ``retiro_desde`` is the first day on which the removal may be asked for after this embargo, if
    the court decides nothing else (CPC, art. 455).
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            id=31,
            tipo="diligenciado",
            diligencia="embargo",
            fecha_diligencia="2026-11-24",
            motivo=None,
            retiro_desde="2026-12-07",
            anotada_por_id=None,
            hora_llegada=None,
            comentario="Quedó con depositario.",
            adjuntos_ids=[],
            created_at="2026-11-24T20:10:00Z",
        )
    )

    id: int
    tipo: TipoRespuesta
    diligencia: Diligencia | None
    fecha_diligencia: date | None
    motivo: MotivoFrustrada | None
    retiro_desde: date | None
    anotada_por_id: int | None
    hora_llegada: datetime | None
    comentario: str | None
    adjuntos_ids: list[int]
    created_at: datetime


class RechazoShown(Shown):
    """A copy that the mail server did not take, and its words; ``definitivo`` is a 5xx."""

    email: str
    respuesta: str
    definitivo: bool


class NotificacionShown(Shown):
    """A mail of an oficio: to whom, how far it came and why no further.

    ``incierta`` says that nobody can know whether it arrived; it is never sent again by itself.
    ``proximo_intento`` is when a ``pendiente`` is tried next.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            id=21,
            oficio_id=12,
            tipo="receptor_judicial",
            estado="enviada",
            destinatario_nombre="Ema Soto",
            destinatario_email="ema.soto@actuarios.example",
            cc_email="jefe@oficina.example",
            responder_a="carla@oficina.example",
            asunto="Vehículo BB·CL·12 ubicado",
            mensaje_adicional=None,
            adjuntos_ids=[7],
            error=None,
            rechazos=[
                {
                    "email": "jefe@oficina.example",
                    "respuesta": "550 No such user",
                    "definitivo": True,
                }
            ],
            usuario_id=3,
            usuario_nombre="Carla Muñoz",
            recordatorio_de_id=None,
            task_id=_TASK,
            respuestas=[],
            created_at="2026-11-24T12:00:00Z",
            enviando_at="2026-11-24T12:00:01Z",
            enviada_at="2026-11-24T12:00:02Z",
            proximo_intento=None,
            enlace_expira_at="2026-12-24T12:00:00Z",
        )
    )

    id: int
    oficio_id: int
    tipo: TipoNotificacion
    estado: EstadoNotificacion
    destinatario_nombre: str | None
    destinatario_email: str
    cc_email: str | None
    responder_a: str | None
    asunto: str
    mensaje_adicional: str | None
    adjuntos_ids: list[int]
    error: str | None
    rechazos: list[RechazoShown]
    usuario_id: int | None
    usuario_nombre: str | None
    recordatorio_de_id: int | None
    task_id: str | None
    respuestas: list[RespuestaShown]
    created_at: datetime
    enviando_at: datetime | None
    enviada_at: datetime | None
    proximo_intento: datetime | None
    enlace_expira_at: datetime | None
