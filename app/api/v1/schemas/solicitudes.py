"""Requests of persons about their own data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.v1.schemas.base import Body, Paging, Shown, example
from app.api.v1.schemas.fields import Day, Email, Maybe, Rut, Told, line
from app.titulares.rules.solicitudes import CanalSolicitud, EstadoSolicitud, TipoSolicitud


class SolicitudQuery(Paging):
    """Which requests."""

    estado: EstadoSolicitud | None = None
    abiertas: Annotated[
        bool | None, Field(description="Solo las que esperan respuesta, o solo las demás.")
    ] = None


class SolicitudNew(Body):
    """A request to register. ``recibida`` is the day on which it came, today if left out."""

    model_config = ConfigDict(
        json_schema_extra=example(
            tipo="acceso",
            canal="correo",
            nombre="Rosa Soto",
            correo="rosa@correo.example",
            detalle="Quiero saber qué datos tienen de mí.",
        )
    )

    tipo: TipoSolicitud
    canal: CanalSolicitud = CanalSolicitud.CORREO
    nombre: Annotated[str, line(160), Field(examples=["Rosa Soto"])]
    detalle: Told
    rut: Maybe[Rut] = None
    correo: Maybe[Email] = None
    domicilio: Maybe[Annotated[str, line(200), Field(examples=["Av. Grecia 1180, Ñuñoa"])]] = None
    pide_bloqueo: bool = False
    recibida: Day | None = None


class SolicitudShown(Shown):
    """A request and how far it is. ``quedan`` are calendar days, negative when the term is over."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=3,
            numero="S-2026-0003",
            tipo="acceso",
            canal="correo",
            estado="recibida",
            nombre="Rosa Soto",
            rut=None,
            correo="rosa@correo.example",
            domicilio=None,
            detalle="Quiero saber qué datos tienen de mí.",
            pide_bloqueo=False,
            recibida_at="2026-12-01T12:00:00Z",
            vence="2026-12-31",
            quedan=30,
            bloqueo_vence=None,
            identidad_at=None,
            prorrogada_at=None,
            resuelta_at=None,
            derivada_at=None,
            enviada_at=None,
        )
    )

    id: int
    numero: str
    tipo: TipoSolicitud
    canal: CanalSolicitud
    estado: EstadoSolicitud
    nombre: str
    rut: str | None
    correo: str | None
    domicilio: str | None
    detalle: str
    pide_bloqueo: bool
    recibida_at: datetime
    vence: date
    quedan: int | None
    bloqueo_vence: date | None
    identidad_at: datetime | None
    prorrogada_at: datetime | None
    resuelta_at: datetime | None
    derivada_at: datetime | None
    enviada_at: datetime | None
