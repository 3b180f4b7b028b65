"""The oficio, its people and its bitácora."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.auditoria.rules import find_device, find_place
from app.buffets.models import Buffet
from app.core.clock import SANTIAGO, utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.rut import parse_rut
from app.core.sealed import Sealed
from app.db import ADDED, KEPT_OF, Model, ShortText
from app.direcciones.models import Direccion
from app.oficios.rules import Actividad, Estado, EstadoCarga, Parte, Prioridad, TipoPropietario
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo


class Oficio(Model):
    """A court order to find a vehicle, entrusted by a buffet."""

    __tablename__ = "oficios"
    __table_args__ = (
        sa.UniqueConstraint("buffet_id", "numero_oficio", "vehiculo_n"),
        sa.Index("ix_oficios_board", "estado", "posicion", "id"),
        sa.Index("ix_oficios_check", "estado", "ultima_consulta_at"),
        # The board shows closed cases for a limited time; this index spares it a scan of the older
        # ones.
        sa.Index("ix_oficios_closed", "estado", "estado_desde"),
        # What the portal counts of a buffet's cases, and their courts: all of it is in the index.
        sa.Index(
            "ix_oficios_of_buffet", "buffet_id", "estado", "fecha_limite", "ultima_actividad_at"
        ),
        sa.Index("ix_oficios_of_person", "investigador_id", "estado"),
        sa.Index("ix_oficios_tribunal", "buffet_id", "tribunal"),
        sa.Index("ix_oficios_active", "ultima_actividad_at"),
        # The latest first, as the API lists them.
        sa.Index("ix_oficios_newest", "created_at", "id"),
    )

    __sealed__ = (
        Sealed(
            tipo="oficio",
            label="el oficio",
            fields=(
                "numero_oficio",
                "buffet_id",
                "rol",
                "tribunal",
                "caratulado",
                "fecha_oficio",
                "fecha_ingreso",
                "fecha_limite",
                "fuerza_publica",
                "descerrajamiento",
                "facultades",
                "notas_generales",
                "advertencias_ingreso",
                "creado_por_id",
                "created_at",
            ),
            chain="id",
        ),
        # Sealed apart from the other columns, so that a change of state adds a small link to the
        # chain.
        Sealed(
            tipo="estado",
            label="el estado del oficio",
            fields=("estado", "estado_desde"),
            chain="id",
        ),
    )
    __personal__ = Personal(
        "Oficios",
        {
            "numero_oficio": Dato.TEXTO,
            "rol": Dato.TEXTO,
            "tribunal": Dato.HECHO,
            "caratulado": Dato.TEXTO,
            "facultades": Dato.TEXTO,
            "fecha_oficio": Dato.MOMENTO,
            "fecha_ingreso": Dato.MOMENTO,
            "fecha_limite": Dato.MOMENTO,
            "notas_generales": Dato.TEXTO,
            "advertencias_ingreso": Dato.ESTRUCTURA,
            "busqueda": Dato.DERIVADO,
        },
        otros=(
            "vehiculo_n",
            "ultima_actividad_at",
            "posicion",
            "version",
            "estado_desde",
            "ultima_consulta_at",
            "created_at",
            "updated_at",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    numero_oficio: Mapped[str] = mapped_column(ShortText(60))
    #: Which vehicle of the order the case is for: an order may name several, each a case.
    vehiculo_n: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"))
    #: The court's number (RIT), for example ``C-3030-2017``.
    rol: Mapped[str | None] = mapped_column(ShortText(40))
    tribunal: Mapped[str | None] = mapped_column(ShortText(160))
    caratulado: Mapped[str | None] = mapped_column(ShortText(200))
    #: The order's own date, as the paper says it; empty where nobody knows it.
    fecha_oficio: Mapped[date | None]
    #: The day on which the office received it.
    fecha_ingreso: Mapped[date | None]
    fecha_limite: Mapped[date | None]
    prioridad: Mapped[Prioridad] = mapped_column(default=Prioridad.MEDIA)
    estado: Mapped[Estado] = mapped_column(default=Estado.PENDIENTE)
    #: Rank within its column, with gaps, so that a drop usually updates one row.
    posicion: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    #: Version for optimistic locking: each change by a person increments it, and a drop with an
    #: older one is refused.
    version: Mapped[int] = mapped_column(default=1)
    investigador_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"), index=True)
    notas_generales: Mapped[str | None] = mapped_column(sa.Text)
    #: What the court granted, which the receptor must know.
    fuerza_publica: Mapped[bool] = mapped_column(default=False)
    descerrajamiento: Mapped[bool] = mapped_column(default=False)
    #: What else it granted, in words: «allanamiento», «días y horas inhábiles».
    facultades: Mapped[str | None] = mapped_column(ShortText(300))
    #: Warnings of the intake, by field (comuna, tribunal, dates).
    advertencias_ingreso: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Number, rol, plate, make, model, colour, names and RUTs without accents and case; searched
    #: alike on both databases.
    busqueda: Mapped[str] = mapped_column(sa.Text, default="")
    estado_desde: Mapped[datetime] = mapped_column(default=utcnow)
    #: Last act of a person or last finding; an automatic check without results does not count.
    ultima_actividad_at: Mapped[datetime] = mapped_column(default=utcnow)
    ultima_consulta_at: Mapped[datetime | None]
    creado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: Who changed it last; named in the answer to a drop with an old version.
    modificado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)

    buffet: Mapped[Buffet] = relationship()
    investigador: Mapped[Usuario | None] = relationship(foreign_keys=[investigador_id])
    modificado_por: Mapped[Usuario | None] = relationship(foreign_keys=[modificado_por_id])
    vehiculo: Mapped[Vehiculo] = relationship(uselist=False)
    propietarios: Mapped[list[Propietario]] = relationship(order_by="Propietario.id")
    direcciones: Mapped[list[Direccion]] = relationship(order_by="Direccion.id")

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012

    @property
    def advertencias(self) -> list[str]:
        """Everything that was kept although it does not add up."""
        return [
            *self.vehiculo.advertencias,
            *(text for persona in self.propietarios for text in persona.advertencias),
            *self.advertencias_ingreso.values(),
        ]


class CuentaDeOficios(Model):
    """How many more cases there are of a buffet, state, person and priority; the sum is all.

    The database writes them (``app.db.kept_counts``).
    """

    __tablename__ = "oficios_cuentas"
    __table_args__ = ({"info": {KEPT_OF: ("oficios",), ADDED: ("cuantos",)}},)
    __personal__ = Personal(
        "Cuentas de oficios",
        otros=("buffet_id", "estado", "investigador_id", "prioridad", "cuantos"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Dice cuántos hay, no de quién son.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    buffet_id: Mapped[int]
    estado: Mapped[str] = mapped_column(ShortText(40))
    investigador_id: Mapped[int | None]
    prioridad: Mapped[str] = mapped_column(ShortText(40))
    cuantos: Mapped[int] = mapped_column(sa.BigInteger)


class Propietario(Model):
    """A person who owns, owes for, or drives the vehicle."""

    __tablename__ = "propietarios"
    __sealed__ = (
        Sealed(
            tipo="propietario",
            label="la persona",
            fields=(
                "tipo",
                "nombre",
                "rut",
                "rut_confirmado",
                "email",
                "telefono",
                "notas",
                "created_at",
            ),
        ),
    )
    __personal__ = Personal(
        "Personas de los casos",
        {
            "nombre": Dato.NOMBRE,
            "rut": Dato.RUT,
            "email": Dato.CORREO,
            "telefono": Dato.TELEFONO,
            "notas": Dato.TEXTO,
        },
        otros=("created_at",),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    tipo: Mapped[TipoPropietario] = mapped_column(default=TipoPropietario.PRINCIPAL)
    nombre: Mapped[str | None] = mapped_column(ShortText(160))
    rut: Mapped[str | None] = mapped_column(ShortText(12), index=True)
    rut_confirmado: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str | None] = mapped_column(ShortText(254))
    telefono: Mapped[str | None] = mapped_column(ShortText(20))
    notas: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def advertencias(self) -> list[str]:
        """A wrong check digit, until somebody corrects or confirms it."""
        if not self.rut or self.rut_confirmado:
            return []
        return list(parse_rut(self.rut).advertencias)


class Investigacion(Model):
    """One entry of an oficio's bitácora. Entries are added, not rewritten by the system."""

    __tablename__ = "investigaciones"
    __table_args__ = (
        sa.Index("ix_investigaciones_timeline", "oficio_id", "ocurrido_at", "id"),
        # For the count of a provider's answers of today.
        sa.Index("ix_investigaciones_kind", "tipo", "ocurrido_at"),
        # For the page of the audit.
        sa.Index("ix_investigaciones_created_at", "created_at"),
        sa.Index("ix_investigaciones_usuario_id", "usuario_id", "created_at"),
    )

    __sealed__ = (
        Sealed(
            tipo="bitacora",
            label="la entrada de la bitácora",
            fields=(
                "tipo",
                "descripcion",
                "parte",
                "detalle",
                "usuario_id",
                "ocurrido_at",
                "editado_at",
                "respuesta_estado",
                "respuesta_sha256",
                "corrige_id",
                "retirado_at",
                "created_at",
                "lugar",
                "equipo",
            ),
            hashed=("respuesta",),
        ),
    )
    __personal__ = Personal(
        "Bitácora",
        {
            "descripcion": Dato.TEXTO,
            "detalle": Dato.ESTRUCTURA,
            "ocurrido_at": Dato.MOMENTO,
            "respuesta": Dato.TEXTO,
            "respuesta_sha256": Dato.HUELLA,
        },
        otros=("retirado_at", "editado_at", "respuesta_estado", "created_at", "lugar", "equipo"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    tipo: Mapped[Actividad]
    descripcion: Mapped[str] = mapped_column(sa.Text)
    #: The part of the case whose change it records; null for an entry of another kind.
    parte: Mapped[Parte | None]
    #: The entry that this one corrects; the text of that entry stays unchanged.
    corrige_id: Mapped[int | None] = mapped_column(sa.ForeignKey("investigaciones.id"), index=True)
    #: When its author withdrew it, within the time for edits; its text stays readable.
    retirado_at: Mapped[datetime | None]
    #: Identifiers and small facts that the entry's page needs (ids, from/to states).
    detalle: Mapped[dict[str, Any]] = mapped_column(default=dict)
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    ocurrido_at: Mapped[datetime]
    editado_at: Mapped[datetime | None]
    #: A provider's answer as it came, size-capped, with its HTTP status and SHA-256.
    respuesta: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    respuesta_estado: Mapped[int | None]
    respuesta_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    #: From where it was written, as far as it is known.
    lugar: Mapped[str | None] = mapped_column(ShortText(60), default=find_place, deferred=True)
    equipo: Mapped[str | None] = mapped_column(ShortText(80), default=find_device, deferred=True)

    usuario: Mapped[Usuario | None] = relationship()
    corrige: Mapped[Investigacion | None] = relationship(remote_side=[id])

    @property
    def zona(self) -> ZoneInfo:
        """The zone of the place that it tells of; Santiago's for everything else."""
        return ZoneInfo(self.detalle["zona"]) if "zona" in self.detalle else SANTIAGO

    @property
    def advertencias(self) -> list[str]:
        """Why its moment is not certain: an hour that was twice, or never."""
        duda = self.detalle.get("hora_dudosa")
        return [duda] if duda else []


class Seguimiento(Model):
    """A day on which somebody comes back to a case, usually because a note promised it."""

    __tablename__ = "seguimientos"
    __table_args__ = (
        sa.Index("ix_seguimientos_pendientes", "usuario_id", "hecho_at", "para"),
        sa.Index("ix_seguimientos_caso", "oficio_id", "hecho_at", "para"),
    )
    __sealed__ = (
        Sealed(
            tipo="seguimiento",
            label="el seguimiento",
            fields=(
                "entrada_id",
                "usuario_id",
                "para",
                "hecho_at",
                "hecho_por_id",
                "created_at",
            ),
        ),
    )
    __personal__ = Personal("Seguimientos", otros=("para", "hecho_at", "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    #: The entry that says what is to be done; without one the case itself is looked at again.
    entrada_id: Mapped[int | None] = mapped_column(sa.ForeignKey("investigaciones.id"), index=True)
    #: Whose promise it is.
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    para: Mapped[date]
    hecho_at: Mapped[datetime | None]
    hecho_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Carga(Model):
    """A case that a list brings in, takes back or moves: nobody sees it until that is done.

    The row of a case that was taken back stays, with nothing of anybody, so that its id is never
    given to another case: links, seals and programs still name it.
    """

    __tablename__ = "cargas"
    __table_args__ = (sa.Index("ix_cargas_importacion", "importacion_id", "estado"),)
    __personal__ = Personal(
        "Casos que entran, salen o se mueven con una planilla", otros=("importacion_id",)
    )

    #: No foreign key: the case may be gone.
    oficio_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    importacion_id: Mapped[int]
    estado: Mapped[EstadoCarga]


#: What asks here sees all rows: of the class, a page would see none.
CARGAS = Carga.metadata.tables[Carga.__tablename__]


def in_transit() -> sa.Select[int]:
    """The cases that lists bring in, take back or move now; usually none."""
    return sa.select(CARGAS.c.oficio_id).where(CARGAS.c.estado != EstadoCarga.DESHECHA)


def is_step(tipo: Any) -> sa.ColumnElement[bool]:
    """Whether entries of cases that are asked for by their ids are changes of state."""
    return is_any_of(tipo, Actividad.CAMBIO_ESTADO)


def is_any_of(tipo: Any, *kinds: Actividad) -> sa.ColumnElement[bool]:
    """Whether entries of cases that are asked for by their ids are of these kinds.

    Worded so that the index of kinds does not answer: SQLite would go through every step of every
    case there ever was, seconds for a few of them among 100,000.
    """
    kind = sa.func.coalesce(sa.cast(tipo, sa.String), "")
    return kind == kinds[0].value if len(kinds) == 1 else kind.in_([one.value for one in kinds])


class TextoPredefinido(Model):
    """A sentence that people pick instead of typing it, for one kind of entry."""

    __tablename__ = "textos_predefinidos"
    __table_args__ = (sa.UniqueConstraint("tipo", "texto"),)

    __personal__ = Personal(
        "Textos predefinidos",
        {
            "texto": Dato.TEXTO,
        },
        otros=("posicion", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Son frases de la oficina.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tipo: Mapped[Actividad]
    texto: Mapped[str] = mapped_column(ShortText(200))
    #: Rank among the texts of the same kind.
    posicion: Mapped[int] = mapped_column(default=0)
    activo: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
