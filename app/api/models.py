"""What the API remembers: the keys of scripts, and the answers to requests that may be repeated."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.rules import Alcance, EstadoClave, read_scopes, state_of
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.usuarios.models import Usuario


class ClaveApi(Model):
    """A key with which a script asks in the name of an account, without its password."""

    __tablename__ = "claves_api"
    __sealed__ = (
        Sealed(
            tipo="clave_api",
            label="la clave de la API",
            fields=(
                "nombre",
                "usuario_id",
                "alcances",
                "huella",
                "vence_at",
                "revocada_at",
                "creada_por_id",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Claves de la API",
        {"nombre": Dato.TEXTO},
        otros=(
            "alcances",
            "prefijo",
            "huella",
            "vence_at",
            "ultimo_uso_at",
            "ultimo_uso_desde",
            "revocada_at",
            "created_at",
        ),
        titular=Titular.OFICINA,
        borrado=Borrado.GUARDAR,
        motivo="Es la llave de un programa.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What it is for, in the words of who made it.
    nombre: Mapped[str] = mapped_column(ShortText(80))
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"), index=True)
    #: What it may do: values of ``Alcance``, with spaces between (``write_scopes``).
    alcances: Mapped[str] = mapped_column(ShortText(60))
    #: The beginning of the key, to tell it from others; the rest is stored as a hash only.
    prefijo: Mapped[str] = mapped_column(ShortText(20))
    huella: Mapped[str] = mapped_column(ShortText(64), unique=True)
    #: From then on it opens nothing.
    vence_at: Mapped[datetime] = mapped_column(index=True)
    ultimo_uso_at: Mapped[datetime | None]
    #: The network that it was last used from (``mask_address``).
    ultimo_uso_desde: Mapped[str | None] = mapped_column(ShortText(45))
    revocada_at: Mapped[datetime | None]
    creada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    usuario: Mapped[Usuario] = relationship(foreign_keys=[usuario_id])

    @property
    def scopes(self) -> tuple[Alcance, ...]:
        """What it may do."""
        return read_scopes(self.alcances)

    def state(self, now: datetime) -> EstadoClave:
        """Whether it opens anything."""
        return state_of(self.vence_at, self.revocada_at, now)


class RespuestaGuardada(Model):
    """The stored answer to a POST with an Idempotency-Key, replayed when the client repeats it."""

    __tablename__ = "respuestas_guardadas"
    __table_args__ = (sa.UniqueConstraint("usuario_id", "clave"),)

    __personal__ = Personal(
        "Respuestas repetibles de la API",
        {
            "cuerpo": Dato.TEXTO,
            "clave": Dato.TEXTO,
        },
        otros=("huella", "estado", "arriendo_de", "cabeceras", "created_at"),
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: As the asker sent it.
    clave: Mapped[str] = mapped_column(ShortText(200))
    #: SHA-256 of the route and of what was sent.
    huella: Mapped[str] = mapped_column(ShortText(64))
    #: None while the first request is being answered.
    estado: Mapped[int | None]
    #: The process that answers the first request (``core.process_identity``), and its attempt.
    arriendo_de: Mapped[str | None] = mapped_column(ShortText(160))
    cuerpo: Mapped[str | None] = mapped_column(sa.Text)
    cabeceras: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
