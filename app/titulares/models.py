"""What persons ask for, and the cases that are blocked for them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.oficios.models import Oficio
from app.titulares.rules.solicitudes import CanalSolicitud, EstadoSolicitud, TipoSolicitud
from app.usuarios.models import Usuario


class Solicitud(Model):
    """A request of a person about their own data, from its arrival to the proof of its answer."""

    __tablename__ = "solicitudes"
    __table_args__ = (sa.Index("ix_solicitudes_open", "estado", "vence"),)
    # When it came, what was decided and when it went out: nothing of whose it is.
    __sealed__ = (
        Sealed(
            tipo="solicitud",
            label="la solicitud",
            fields=(
                "numero",
                "tipo",
                "canal",
                "estado",
                "recibida_at",
                "vence",
                "bloqueo_vence",
                "identidad_at",
                "identidad_por_id",
                "prorrogada_at",
                "resuelta_at",
                "resuelta_por_id",
                "derivada_buffet_id",
                "derivada_at",
                "enviada_at",
                "pide_bloqueo",
                "derivada_a",
                "pdf_sha256",
                "json_sha256",
            ),
            hashed=("identidad_como", "prorroga_motivo", "fundamento", "respuesta"),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Solicitudes de titulares",
        {
            "nombre": Dato.NOMBRE,
            "rut": Dato.RUT,
            "correo": Dato.CORREO,
            "domicilio": Dato.LUGAR,
            "detalle": Dato.TEXTO,
            "identidad_como": Dato.TEXTO,
            "prorroga_motivo": Dato.TEXTO,
            "fundamento": Dato.TEXTO,
            "respuesta": Dato.TEXTO,
            "pdf": Dato.CONTENIDO,
            "datos_json": Dato.CONTENIDO,
            "pdf_sha256": Dato.HUELLA,
            "json_sha256": Dato.HUELLA,
        },
        otros=(
            "numero",
            "recibida_at",
            "vence",
            "bloqueo_vence",
            "identidad_at",
            "prorrogada_at",
            "resuelta_at",
            "derivada_a",
            "derivada_at",
            "enviada_at",
            "version",
            "created_at",
        ),
        borrado=Borrado.GUARDAR,
        motivo="Prueba que se respondió a la persona; se borra al terminar su plazo.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: «S-2026-0001»: what others name it by, without saying whose it is.
    numero: Mapped[str] = mapped_column(ShortText(20), unique=True)
    tipo: Mapped[TipoSolicitud]
    canal: Mapped[CanalSolicitud]
    estado: Mapped[EstadoSolicitud] = mapped_column(default=EstadoSolicitud.RECIBIDA)
    nombre: Mapped[str] = mapped_column(ShortText(160))
    rut: Mapped[str | None] = mapped_column(ShortText(12))
    correo: Mapped[str | None] = mapped_column(ShortText(254))
    domicilio: Mapped[str | None] = mapped_column(ShortText(200))
    detalle: Mapped[str] = mapped_column(sa.Text)
    #: A block until the request itself is decided.
    pide_bloqueo: Mapped[bool] = mapped_column(default=False)
    recibida_at: Mapped[datetime]
    #: Last days: to answer, and to decide on the temporary block.
    vence: Mapped[date]
    bloqueo_vence: Mapped[date | None]
    #: How it was checked that the request is of the person themselves, when and by whom.
    identidad_como: Mapped[str | None] = mapped_column(sa.Text)
    identidad_at: Mapped[datetime | None]
    identidad_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    prorrogada_at: Mapped[datetime | None]
    prorroga_motivo: Mapped[str | None] = mapped_column(sa.Text)
    resuelta_at: Mapped[datetime | None]
    resuelta_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    fundamento: Mapped[str | None] = mapped_column(sa.Text)
    #: The words of the answer, written at the decision: later changes of settings leave them.
    respuesta: Mapped[str | None] = mapped_column(sa.Text)
    #: The answer as it was given, and the data in a form that a machine reads.
    pdf: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    pdf_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    datos_json: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    json_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    #: When the mail with the answer, or with the request for the buffet, was taken by the server;
    #: or when the answer was handed over on paper.
    enviada_at: Mapped[datetime | None]
    #: The buffet that decides, and the address to which it was passed on.
    derivada_buffet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("buffets.id"))
    derivada_a: Mapped[str | None] = mapped_column(ShortText(254))
    derivada_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    identidad_por: Mapped[Usuario | None] = relationship(foreign_keys=[identidad_por_id])
    resuelta_por: Mapped[Usuario | None] = relationship(foreign_keys=[resuelta_por_id])
    derivada_buffet: Mapped[Buffet | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TextoDeArchivo(Model):
    """The words of a file that came in, so that the search for a person does not open it again.

    Nothing that is not in the file itself: it goes with it, and is made anew where it is missing.
    """

    __tablename__ = "textos_de_archivos"
    __personal__ = Personal(
        "Textos leídos de los archivos",
        {"sha256": Dato.HUELLA, "texto": Dato.TEXTO},
        otros=("created_at",),
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of the file's bytes, as the rows that have it say.
    sha256: Mapped[str] = mapped_column(ShortText(64), unique=True)
    texto: Mapped[str] = mapped_column(sa.Text)
    #: All of it; else it was too long, and the file itself is read.
    entero: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Bloqueo(Model):
    """A case that is kept and that nobody works with, until the block is lifted."""

    __tablename__ = "bloqueos"
    __sealed__ = (
        Sealed(
            tipo="bloqueo",
            label="el bloqueo",
            fields=(
                "solicitud_id",
                "motivo",
                "bloqueado_at",
                "bloqueado_por_id",
                "levantado_at",
                "levantado_por_id",
                "levantado_motivo",
            ),
        ),
    )
    __table_args__ = (
        sa.Index(
            "uq_bloqueos_standing",
            "oficio_id",
            unique=True,
            sqlite_where=sa.text("levantado_at IS NULL"),
            postgresql_where=sa.text("levantado_at IS NULL"),
        ),
    )
    __personal__ = Personal(
        "Bloqueos",
        {"motivo": Dato.TEXTO, "levantado_motivo": Dato.TEXTO},
        otros=("bloqueado_at", "levantado_at"),
        borrado=Borrado.VACIAR,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    #: The request that asked for it; none: an admin's own decision.
    solicitud_id: Mapped[int | None] = mapped_column(sa.ForeignKey("solicitudes.id"), index=True)
    motivo: Mapped[str] = mapped_column(ShortText(300))
    bloqueado_at: Mapped[datetime]
    bloqueado_por_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    levantado_at: Mapped[datetime | None]
    levantado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    levantado_motivo: Mapped[str | None] = mapped_column(ShortText(300))

    oficio: Mapped[Oficio] = relationship()
    solicitud: Mapped[Solicitud | None] = relationship()
    bloqueado_por: Mapped[Usuario] = relationship(foreign_keys=[bloqueado_por_id])
    levantado_por: Mapped[Usuario | None] = relationship(foreign_keys=[levantado_por_id])
