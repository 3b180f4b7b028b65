"""Work in the queue."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.base import Body, Paging, Shown, example
from app.api.v1.schemas.fields import Email, Id, Maybe, Message
from app.jobs.rules import EstadoTrabajo

_TASK = "0b8f6c3e-6a53-4d0e-9a4e-4f2f0f7f9d11"


class NoticeNew(Body):
    """A notice to a receptor judicial. A repeated or incomplete one takes a second yes."""

    model_config = ConfigDict(
        json_schema_extra=example(
            receptor_email="ema.soto@actuarios.example",
            mensaje_adicional="El vehículo está en el estacionamiento del edificio.",
            adjuntos_ids=[7],
            cc_email="abogada@andes.example",
            responder_a="carla@oficina.example",
        )
    )

    receptor_email: Email
    mensaje_adicional: Maybe[Message] = None
    adjuntos_ids: Annotated[
        list[Id] | None,
        Field(
            max_length=100,
            description="Sin este campo, las fotos de la ubicación vigente; [] es sin fotos.",
        ),
    ] = None
    cc_email: Annotated[Maybe[Email], Field(description="Una dirección que recibe una copia.")] = (
        None
    )
    responder_a: Annotated[
        Maybe[Email],
        Field(description="A dónde llegan las respuestas; sin ella, a quien pide el aviso."),
    ] = None
    confirmar_repetida: Annotated[
        bool,
        Field(description="El segundo sí, para mandar otro a quien ya se avisó de este caso."),
    ] = False
    confirmar_incompleto: Annotated[
        bool,
        Field(description="El sí para un aviso que va sin fotos o sin dirección; sin él, 409."),
    ] = False


class CheckQuery(BaseModel):
    """Why a plate is looked up; the log of look-ups keeps it."""

    model_config = ConfigDict(extra="ignore")

    motivo: Annotated[
        str | None,
        Field(min_length=4, max_length=200, description="Queda en el registro de consultas."),
    ] = None


class Enqueued(Shown):
    """Work that was taken on, and by which name to ask for it."""

    model_config = ConfigDict(
        json_schema_extra=example(message="Notificación encolada", task_id=_TASK)
    )

    message: str
    task_id: str


class PendingCheck(Enqueued):
    """A check of the gantries that was taken on."""

    model_config = ConfigDict(
        json_schema_extra=example(
            message="Consulta encolada", task_id=_TASK, status="pending", advertencias=[]
        )
    )

    message: str = "Consulta encolada"
    status: str = "pending"
    #: What it costs, or that it exceeds the month's budget.
    advertencias: list[str] = Field(default_factory=list)


class TrabajoQuery(Paging):
    """Which jobs."""

    estado: EstadoTrabajo | None = None


class TrabajoShown(Shown):
    """A job and how far it is."""

    model_config = ConfigDict(
        json_schema_extra=example(
            task_id=_TASK,
            tipo="avistamientos.consultar",
            estado="hecho",
            oficio_id=12,
            intentos=1,
            error=None,
            creado="2026-11-24T12:00:00Z",
            iniciado="2026-11-24T12:00:01Z",
            terminado="2026-11-24T12:00:03Z",
        )
    )

    task_id: str
    tipo: str
    estado: EstadoTrabajo
    oficio_id: int | None
    intentos: int
    error: str | None
    creado: datetime
    iniciado: datetime | None
    terminado: datetime | None
