"""The register of breaches, and who was told of each."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.cumplimiento.rules.brechas import DestinoBrecha, EstadoBrecha, RiesgoBrecha, TipoBrecha
from app.db import Model, ShortText
from app.usuarios.models import Usuario

_REASON = "El registro de vulneraciones es un deber legal; lleva categorías y números."


class Brecha(Model):
    """A breach of security as the office knows it now; what it said before is in its seals."""

    __tablename__ = "brechas"
    __sealed__ = (
        Sealed(
            tipo="brecha",
            label="la brecha de seguridad",
            fields=(
                "numero",
                "estado",
                "tipo",
                "descripcion",
                "categorias_datos",
                "numero_datos",
                "categorias_titulares",
                "numero_titulares",
                "datos_financieros",
                "datos_sensibles",
                "datos_de_menores",
                "efectos",
                "riesgo",
                "medidas",
                "ocurrio_at",
                "conocida_at",
                "mensaje_agencia",
                "mensaje_titulares",
                "cierre",
                "cerrada_at",
                "registrada_por_id",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Brechas de seguridad",
        {
            "descripcion": Dato.TEXTO,
            "categorias_datos": Dato.TEXTO,
            "categorias_titulares": Dato.TEXTO,
            "efectos": Dato.TEXTO,
            "medidas": Dato.TEXTO,
            "mensaje_agencia": Dato.TEXTO,
            "mensaje_titulares": Dato.TEXTO,
            "cierre": Dato.TEXTO,
        },
        otros=(
            "numero",
            "numero_datos",
            "numero_titulares",
            "ocurrio_at",
            "conocida_at",
            "cerrada_at",
            "updated_at",
            "version",
            "created_at",
        ),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo=_REASON,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: «V-2026-0001», V as in vulneración.
    numero: Mapped[str] = mapped_column(ShortText(20), unique=True)
    estado: Mapped[EstadoBrecha] = mapped_column(default=EstadoBrecha.ABIERTA)
    tipo: Mapped[TipoBrecha]
    descripcion: Mapped[str] = mapped_column(sa.Text)
    #: Kinds of data, and about how many records; None: not known yet.
    categorias_datos: Mapped[str | None] = mapped_column(sa.Text)
    numero_datos: Mapped[int | None]
    #: Which persons, and about how many; None: not known yet.
    categorias_titulares: Mapped[str | None] = mapped_column(sa.Text)
    numero_titulares: Mapped[int | None]
    #: Kinds of data of which the law has the persons told, too.
    datos_financieros: Mapped[bool] = mapped_column(default=False)
    datos_sensibles: Mapped[bool] = mapped_column(default=False)
    datos_de_menores: Mapped[bool] = mapped_column(default=False)
    efectos: Mapped[str | None] = mapped_column(sa.Text)
    riesgo: Mapped[RiesgoBrecha] = mapped_column(default=RiesgoBrecha.SIN_EVALUAR)
    medidas: Mapped[str | None] = mapped_column(sa.Text)
    ocurrio_at: Mapped[datetime | None]
    conocida_at: Mapped[datetime]
    #: Messages as somebody edited them; None: as the row says it.
    mensaje_agencia: Mapped[str | None] = mapped_column(sa.Text)
    mensaje_titulares: Mapped[str | None] = mapped_column(sa.Text)
    #: Why it was closed.
    cierre: Mapped[str | None] = mapped_column(sa.Text)
    cerrada_at: Mapped[datetime | None]
    registrada_por_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    #: Counts changes, so that a form that was opened before one is told.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    registrada_por: Mapped[Usuario] = relationship()


class ComunicacionBrecha(Model):
    """That somebody was told of a breach, as a person wrote it down. Nothing is sent from here."""

    __tablename__ = "brecha_comunicaciones"
    __sealed__ = (
        Sealed(
            tipo="brecha_comunicacion",
            label="la comunicación de una brecha",
            fields=(
                "brecha_id",
                "destino",
                "destinatario",
                "medio",
                "texto",
                "comunicada_at",
                "usuario_id",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Comunicaciones de brechas",
        {
            "destinatario": Dato.TEXTO,
            "medio": Dato.TEXTO,
            "texto": Dato.TEXTO,
        },
        otros=("comunicada_at", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo=_REASON,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brecha_id: Mapped[int] = mapped_column(sa.ForeignKey("brechas.id"), index=True)
    destino: Mapped[DestinoBrecha]
    #: Whom exactly: an office, «312 personas por carta», a newspaper.
    destinatario: Mapped[str] = mapped_column(ShortText(200))
    #: How, with the number of the receipt where there is one.
    medio: Mapped[str] = mapped_column(ShortText(200))
    #: What they were told; None where nobody kept it.
    texto: Mapped[str | None] = mapped_column(sa.Text)
    comunicada_at: Mapped[datetime]
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    usuario: Mapped[Usuario] = relationship()
