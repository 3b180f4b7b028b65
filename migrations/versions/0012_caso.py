"""Corrections that point to what they correct, parts of a case, preset texts, audit by case

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-25 00:50:00
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PARTES = ("oficio", "asignacion", "vehiculo", "persona", "direccion")
ACTIVIDADES = (
    "consulta_api",
    "nota",
    "llamada",
    "terreno",
    "cambio_estado",
    "notificacion",
    "adjunto",
    "sistema",
)
#: How the entries of a part begin, for those that were written before there were parts.
BEGINNINGS = {
    "oficio": ("Datos del oficio modificados", "Prioridad: "),
    "asignacion": ("Asignado a ", "Queda sin asignar"),
    "vehiculo": ("Datos del vehículo modificados", "Patente corregida: "),
    "persona": ("Persona agregada: ", "Persona modificada: ", "Persona quitada: "),
    "direccion": ("Dirección agregada: ", "Dirección modificada: ", "Dirección quitada: "),
}
#: What the office may change in Administración.
TEXTS = {
    "nota": (
        "Se revisó el expediente en la Oficina Judicial Virtual, sin novedades",
        "Se pidió información al buffet",
        "El buffet entrega nuevos antecedentes",
        "Vecino entrega información",
        "Vehículo publicado en venta",
    ),
    "llamada": (
        "No contesta",
        "Buzón de voz",
        "Número equivocado",
        "Número fuera de servicio",
        "Pide que lo llamen más tarde",
        "Dice que vendió el vehículo",
        "Dice que el vehículo está en un taller",
        "Corta la llamada",
    ),
    "terreno": (
        "El vehículo no está en el lugar",
        "Conserje confirma que vive ahí",
        "Conserje dice que no vive ahí",
        "Nadie abre",
        "Vehículo visto en el estacionamiento",
        "Vehículo guardado, no se ve la patente",
    ),
}
#: Where an older record of the audit finds its case.
OWNERS = {"adjunto": "adjuntos", "notificacion": "notificaciones", "expediente": "expedientes"}


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    with op.batch_alter_table("investigaciones", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parte", _enum("parte", *PARTES), nullable=True))
        batch_op.add_column(sa.Column("corrige_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("retirado_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_investigaciones_corrige_id"), "investigaciones", ["corrige_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_investigaciones_corrige_id"), ["corrige_id"])
    table = sa.table(
        "investigaciones",
        sa.column("parte", sa.String),
        sa.column("tipo", sa.String),
        sa.column("descripcion", sa.Text),
    )
    for parte, beginnings in BEGINNINGS.items():
        begins = sa.or_(*(table.c.descripcion.like(f"{text}%") for text in beginnings))
        op.execute(sa.update(table).where(table.c.tipo == "sistema", begins).values(parte=parte))
    is_visit = table.c.descripcion.like("Visita a %")
    op.execute(
        sa.update(table).where(table.c.tipo == "terreno", is_visit).values(parte="direccion")
    )
    op.create_table(
        "textos_predefinidos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tipo", _enum("actividad", *ACTIVIDADES), nullable=False),
        sa.Column("texto", sa.String(200), nullable=False),
        sa.Column("posicion", sa.Integer(), nullable=False),
        sa.Column("activo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_textos_predefinidos")),
        sa.UniqueConstraint("tipo", "texto", name=op.f("uq_textos_predefinidos_tipo_texto")),
    )
    _seed()
    with op.batch_alter_table("auditoria", schema=None) as batch_op:
        batch_op.add_column(sa.Column("oficio_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_auditoria_oficio_id"), ["oficio_id"])
    _find_cases()


def _find_cases() -> None:
    """Say of older records of the audit which case they concern."""
    audit = sa.table(
        "auditoria",
        sa.column("oficio_id", sa.Integer),
        sa.column("entidad", sa.String),
        sa.column("entidad_id", sa.Integer),
    )
    op.execute(
        sa.update(audit).where(audit.c.entidad == "oficio").values(oficio_id=audit.c.entidad_id)
    )
    for entidad, name in OWNERS.items():
        owner = sa.table(name, sa.column("id", sa.Integer), sa.column("oficio_id", sa.Integer))
        of_owner = sa.select(owner.c.oficio_id).where(owner.c.id == audit.c.entidad_id)
        op.execute(
            sa.update(audit)
            .where(audit.c.entidad == entidad)
            .values(oficio_id=of_owner.scalar_subquery())
        )


def _seed() -> None:
    table = sa.table(
        "textos_predefinidos",
        sa.column("tipo", sa.String),
        sa.column("texto", sa.String),
        sa.column("posicion", sa.Integer),
        sa.column("activo", sa.Boolean),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    op.bulk_insert(
        table,
        [
            {
                "tipo": tipo,
                "texto": text,
                "posicion": place,
                "activo": True,
                "created_at": datetime(2026, 11, 25, tzinfo=UTC),
            }
            for tipo, texts in TEXTS.items()
            for place, text in enumerate(texts, start=1)
        ],
    )


def downgrade() -> None:
    with op.batch_alter_table("auditoria", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auditoria_oficio_id"))
        batch_op.drop_column("oficio_id")
    op.drop_table("textos_predefinidos")
    with op.batch_alter_table("investigaciones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_investigaciones_corrige_id"))
        batch_op.drop_constraint(batch_op.f("fk_investigaciones_corrige_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_investigaciones_parte"), type_="check")
        for name in ("retirado_at", "corrige_id", "parte"):
            batch_op.drop_column(name)
