"""Notices by e-mail, from their preview to what came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.adjuntos.models import Adjunto
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.notificaciones.models.receptores import Receptor
from app.notificaciones.models.respuestas import Respuesta
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion, describe_refusal
from app.usuarios.models import Usuario

notificacion_adjuntos = sa.Table(
    "notificacion_adjuntos",
    Model.metadata,
    sa.Column("notificacion_id", sa.ForeignKey("notificaciones.id"), primary_key=True),
    sa.Column("adjunto_id", sa.ForeignKey("adjuntos.id"), primary_key=True),
)


class Borrador(Model):
    """A notice as somebody previewed it. What is sent is this, letter by letter.

    It is gone once it is sent, or after a day.
    """

    __tablename__ = "notificacion_borradores"
    __personal__ = Personal(
        "Borradores de correos",
        {
            "datos": Dato.ESTRUCTURA,
            "destinatario_nombre": Dato.NOMBRE,
            "destinatario_email": Dato.CORREO,
            "asunto": Dato.TEXTO,
            "cuerpo_texto": Dato.TEXTO,
            "cuerpo_html": Dato.TEXTO,
            "cc_email": Dato.CORREO,
            "responder_a": Dato.CORREO,
        },
        otros=("tamano_bytes", "adjuntos_enlace", "selector", "created_at"),
        borrado=Borrado.FILA,
    )

    #: What the form carries; the notice gets the same.
    clave: Mapped[str] = mapped_column(ShortText(64), primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: What was typed, to open the form again.
    datos: Mapped[dict[str, Any]]
    destinatario_nombre: Mapped[str | None] = mapped_column(ShortText(160))
    destinatario_email: Mapped[str] = mapped_column(ShortText(254))
    asunto: Mapped[str] = mapped_column(ShortText(255))
    cuerpo_texto: Mapped[str] = mapped_column(sa.Text)
    cuerpo_html: Mapped[str] = mapped_column(sa.Text)
    #: On the wire, photos included.
    tamano_bytes: Mapped[int]
    cc_email: Mapped[str | None] = mapped_column(ShortText(254))
    responder_a: Mapped[str | None] = mapped_column(ShortText(254))
    #: Photos that did not fit and are seen through the link instead.
    adjuntos_enlace: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    #: The public half of the link that the text names already.
    selector: Mapped[str | None] = mapped_column(ShortText(64))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Notificacion(Model):
    """One e-mail of an oficio, with its contents as they were sent."""

    __tablename__ = "notificaciones"
    # All that the figures of how receptores answer ask of it.
    __table_args__ = (
        sa.Index(
            "ix_notificaciones_sent",
            "tipo",
            "estado",
            "recordatorio_de_id",
            "enviada_at",
            "receptor_id",
            "oficio_id",
        ),
        sa.Index("ix_notificaciones_state", "estado", "oficio_id"),
        sa.Index("ix_notificaciones_newest", "created_at", "id"),
        # Whether a notice's reminder was answered.
        sa.Index("ix_notificaciones_recordatorio_de_id", "recordatorio_de_id"),
    )
    # A digest is of no one oficio: it is in the office's chain.
    __sealed__ = (
        Sealed(
            tipo="notificacion",
            label="el aviso",
            fields=(
                "tipo",
                "estado",
                "buffet_id",
                "receptor_id",
                "destinatario_nombre",
                "destinatario_email",
                "cc_email",
                "responder_a",
                "asunto",
                "mensaje_adicional",
                "rechazos",
                "message_id",
                "usuario_id",
                "enviada_at",
                "created_at",
            ),
            hashed=("cuerpo_texto", "cuerpo_html"),
            lists=("adjuntos",),
        ),
    )
    __personal__ = Personal(
        "Correos enviados",
        {
            "destinatario_nombre": Dato.NOMBRE,
            "destinatario_email": Dato.CORREO,
            "cc_email": Dato.CORREO,
            "responder_a": Dato.CORREO,
            "asunto": Dato.TEXTO,
            "mensaje_adicional": Dato.TEXTO,
            "cuerpo_texto": Dato.TEXTO,
            "cuerpo_html": Dato.TEXTO,
            "error": Dato.TEXTO,
            "rechazos": Dato.ESTRUCTURA,
            "clave": Dato.TEXTO,
        },
        otros=(
            "message_id",
            "trabajo_id",
            "adjuntos_enlace",
            "selector",
            "enlace_expira_at",
            "recordatorio_propuesto_at",
            "sustituto_propuesto_at",
            "enviando_at",
            "enviada_at",
            "created_at",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None for a digest, which tells a buffet of several oficios.
    oficio_id: Mapped[int | None] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    #: Of a notice to a buffet.
    buffet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("buffets.id"), index=True)
    tipo: Mapped[TipoNotificacion]
    estado: Mapped[EstadoNotificacion] = mapped_column(default=EstadoNotificacion.PENDIENTE)
    receptor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receptores.id"))
    destinatario_nombre: Mapped[str | None] = mapped_column(ShortText(160))
    destinatario_email: Mapped[str] = mapped_column(ShortText(254))
    cc_email: Mapped[str | None] = mapped_column(ShortText(254))
    #: Where answers by mail go; None is whoever sends it.
    responder_a: Mapped[str | None] = mapped_column(ShortText(254))
    asunto: Mapped[str] = mapped_column(ShortText(255))
    mensaje_adicional: Mapped[str | None] = mapped_column(sa.Text)
    cuerpo_texto: Mapped[str] = mapped_column(sa.Text, deferred=True)
    cuerpo_html: Mapped[str] = mapped_column(sa.Text, deferred=True)
    #: The same however often it is tried, so that a mail reader shows one.
    message_id: Mapped[str] = mapped_column(ShortText(255), unique=True)
    #: What the form carried, so that a form sent twice is one notice.
    clave: Mapped[str | None] = mapped_column(ShortText(64), unique=True)
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    trabajo_id: Mapped[str | None] = mapped_column(ShortText(36))
    error: Mapped[str | None] = mapped_column(sa.Text)
    #: Copies that the server refused while it took the mail: ``email``, ``respuesta`` and whether
    #: that is ``definitivo``.
    rechazos: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    #: Photos that did not fit into the mail and are seen through its link.
    adjuntos_enlace: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    #: The public half of the receptor's link; what opens it is signed and never stored.
    selector: Mapped[str | None] = mapped_column(ShortText(64), unique=True)
    enlace_expira_at: Mapped[datetime | None]
    #: The notice that this one repeats because nobody answered.
    recordatorio_de_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notificaciones.id"))
    #: When the investigator was asked whether to remind, and whether to turn to somebody else.
    recordatorio_propuesto_at: Mapped[datetime | None]
    sustituto_propuesto_at: Mapped[datetime | None]
    enviando_at: Mapped[datetime | None]
    enviada_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    receptor: Mapped[Receptor | None] = relationship()
    usuario: Mapped[Usuario | None] = relationship()
    adjuntos: Mapped[list[Adjunto]] = relationship(
        secondary=notificacion_adjuntos, order_by=Adjunto.id
    )
    respuestas: Mapped[list[Respuesta]] = relationship(order_by=Respuesta.id)

    @property
    def copy_warnings(self) -> list[str]:
        """What became of the copies that the mail server did not take, for the office to read."""
        return [describe_refusal(one) for one in self.rechazos or ()]


class HitoInformado(Model):
    """A milestone that a buffet was told of by mail: each is told once."""

    __tablename__ = "hitos_informados"
    __personal__ = Personal(
        "Hitos informados",
        otros=("oficio_id", "created_at"),
        via="notificacion_id",
        borrado=Borrado.GUARDAR,
        motivo="Dice que un hito se informó, sin decir de quién.",
    )

    #: What happened, as ``hitos.Hito.clave`` names it.
    clave: Mapped[str] = mapped_column(ShortText(64), primary_key=True)
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"), index=True)
    notificacion_id: Mapped[int] = mapped_column(sa.ForeignKey("notificaciones.id"), index=True)
    #: Of which case; None: told before that was kept. No foreign key: it outlives the case.
    oficio_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
