"""The catalogue of gantries, the log of look-ups, and lists of concessionaires

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-25 00:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SIGHTING_COLUMNS = (
    "listado_id",
    "portico_motivo",
    "portico_metodo",
    "autopista",
    "portico_id",
)
#: Look-ups of before the log are told from their entries, so that the log is whole.
EARLIER = "Consulta anterior al registro de motivos"
BATCH = 500


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str, empty: str) -> sa.Column:
    return sa.Column(name, sa.JSON(), nullable=False, server_default=empty)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "porticos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("semilla", sa.String(200), nullable=True),
        sa.Column("clave", sa.String(200), nullable=False),
        sa.Column("autopista", sa.String(120), nullable=False),
        sa.Column("concesionaria", sa.String(160), nullable=True),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("tramo", sa.String(200), nullable=True),
        sa.Column("tipo", _enum("tipoportico", "portico", "plaza"), nullable=False),
        sa.Column("sentido", sa.String(60), nullable=True),
        sa.Column("region", sa.String(60), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("confianza_coord", _enum("confianza", "alta", "media", "baja"), nullable=True),
        sa.Column("procedencia_coord", sa.String(120), nullable=True),
        sa.Column("activo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("busqueda", sa.Text(), nullable=False),
        sa.Column("modificado_por_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_porticos")),
        sa.UniqueConstraint("semilla", name=op.f("uq_porticos_semilla")),
        sa.UniqueConstraint("clave", name=op.f("uq_porticos_clave")),
        sa.ForeignKeyConstraint(
            ["modificado_por_id"], ["usuarios.id"], name=op.f("fk_porticos_modificado_por_id")
        ),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_porticos_whole_point")),
    )
    op.create_index("ix_porticos_road", "porticos", ["autopista", "codigo"])
    op.create_table(
        "portico_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ubicacion", sa.String(400), nullable=False),
        sa.Column("empresa", sa.String(240), nullable=False),
        sa.Column("ubicacion_texto", sa.String(200), nullable=False),
        sa.Column("empresa_texto", sa.String(120), nullable=True),
        sa.Column("portico_id", sa.Integer(), nullable=True),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portico_alias")),
        sa.UniqueConstraint(
            "ubicacion", "empresa", name=op.f("uq_portico_alias_ubicacion_empresa")
        ),
        sa.ForeignKeyConstraint(
            ["portico_id"], ["porticos.id"], name=op.f("fk_portico_alias_portico_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_portico_alias_usuario_id")
        ),
    )
    op.create_index(op.f("ix_portico_alias_portico_id"), "portico_alias", ["portico_id"])
    op.create_table(
        "avistamiento_listados",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("nombre_archivo", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("contenido", sa.LargeBinary(), nullable=False),
        sa.Column(
            "estado",
            _enum("estadolistado", "borrador", "importado", "descartado"),
            nullable=False,
        ),
        _json("mapeo", "{}"),
        sa.Column("empresa", sa.String(120), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _json("resultado", "{}"),
        _json("informe", "[]"),
        _moment("importado_at", nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avistamiento_listados")),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_avistamiento_listados_oficio_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_avistamiento_listados_usuario_id")
        ),
    )
    op.create_index(
        op.f("ix_avistamiento_listados_oficio_id"), "avistamiento_listados", ["oficio_id"]
    )
    with op.batch_alter_table("avistamientos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("portico_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("autopista", sa.String(120), nullable=True))
        batch_op.add_column(
            sa.Column(
                "portico_metodo",
                _enum("metodo", "corregido", "codigo", "nombre", "parecido", "via", "ninguno"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("portico_motivo", sa.String(255), nullable=True))
        batch_op.add_column(sa.Column("listado_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_avistamientos_portico_id"), "porticos", ["portico_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_avistamientos_listado_id"),
            "avistamiento_listados",
            ["listado_id"],
            ["id"],
        )
        batch_op.create_index(batch_op.f("ix_avistamientos_portico_id"), ["portico_id"])
        batch_op.create_index(batch_op.f("ix_avistamientos_listado_id"), ["listado_id"])
        batch_op.create_index("ix_avistamientos_text", ["ubicacion", "empresa"])
    consultas = op.create_table(
        "consultas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("patente", sa.String(12), nullable=False),
        sa.Column("trabajo_id", sa.String(36), nullable=True),
        sa.Column("usuario_id", sa.Integer(), nullable=True),
        sa.Column("motivo", sa.String(200), nullable=False),
        sa.Column(
            "resultado",
            _enum(
                "resultadoconsulta",
                "pendiente",
                "nuevos",
                "sin_novedades",
                "fallida",
                "cancelada",
                "no_vigente",
                "no_configurada",
            ),
            nullable=False,
        ),
        sa.Column("detalle", sa.Text(), nullable=True),
        sa.Column("proveedor", sa.String(40), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("recibidos", sa.Integer(), nullable=True),
        sa.Column("nuevos", sa.Integer(), nullable=True),
        sa.Column("investigacion_id", sa.Integer(), nullable=True),
        _moment("pedida_at"),
        _moment("respondida_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultas")),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_consultas_oficio_id")),
        sa.ForeignKeyConstraint(
            ["trabajo_id"], ["trabajos.id"], name=op.f("fk_consultas_trabajo_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_consultas_usuario_id")
        ),
        sa.ForeignKeyConstraint(
            ["investigacion_id"],
            ["investigaciones.id"],
            name=op.f("fk_consultas_investigacion_id"),
        ),
    )
    op.create_index("ix_consultas_newest", "consultas", ["pedida_at", "id"])
    for name in ("oficio_id", "trabajo_id", "usuario_id"):
        op.create_index(op.f(f"ix_consultas_{name}"), "consultas", [name])
    _tell_earlier(consultas)


def _tell_earlier(consultas: sa.Table) -> None:
    """Fill the log with the look-ups that were answered before there was one."""
    moment = sa.DateTime(timezone=True)
    entries = sa.table(
        "investigaciones",
        sa.column("id", sa.Integer()),
        sa.column("oficio_id", sa.Integer()),
        sa.column("tipo", sa.String()),
        sa.column("descripcion", sa.Text()),
        sa.column("detalle", sa.JSON()),
        sa.column("usuario_id", sa.Integer()),
        sa.column("ocurrido_at", moment),
        sa.column("respuesta_estado", sa.Integer()),
        sa.column("respuesta_sha256", sa.String()),
    )
    cars = sa.table(
        "vehiculos", sa.column("oficio_id", sa.Integer()), sa.column("patente", sa.String())
    )
    jobs = sa.table("trabajos", sa.column("id", sa.String()))
    connection = op.get_bind()
    known = set(connection.scalars(sa.select(jobs.c.id)))
    last = 0
    while True:
        found = connection.execute(
            sa.select(entries, cars.c.patente)
            .join(cars, cars.c.oficio_id == entries.c.oficio_id)
            .where(
                entries.c.tipo == "consulta_api",
                entries.c.respuesta_sha256.is_not(None),
                entries.c.id > last,
            )
            .order_by(entries.c.id)
            .limit(BATCH)
        ).all()
        if not found:
            return
        last = found[-1].id
        op.bulk_insert(consultas, [_earlier(row, known) for row in found])


def _earlier(row: sa.Row, known: set[str]) -> dict[str, object]:
    said = row.detalle or {}
    trabajo_id = said.get("trabajo_id")
    return {
        "oficio_id": row.oficio_id,
        "patente": row.patente[:12],
        "trabajo_id": trabajo_id if trabajo_id in known else None,
        "usuario_id": row.usuario_id,
        "motivo": EARLIER,
        "resultado": "nuevos" if said.get("nuevos") else "sin_novedades",
        "detalle": row.descripcion,
        "proveedor": said.get("proveedor"),
        "http_status": row.respuesta_estado,
        "sha256": row.respuesta_sha256,
        "recibidos": said.get("recibidos"),
        "nuevos": said.get("nuevos"),
        "investigacion_id": row.id,
        "pedida_at": row.ocurrido_at,
        "respondida_at": row.ocurrido_at,
    }


def downgrade() -> None:
    op.drop_table("consultas")
    with op.batch_alter_table("avistamientos", schema=None) as batch_op:
        batch_op.drop_index("ix_avistamientos_text")
        batch_op.drop_index(batch_op.f("ix_avistamientos_listado_id"))
        batch_op.drop_index(batch_op.f("ix_avistamientos_portico_id"))
        batch_op.drop_constraint(batch_op.f("fk_avistamientos_listado_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_avistamientos_portico_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_avistamientos_metodo"), type_="check")
        for name in SIGHTING_COLUMNS:
            batch_op.drop_column(name)
    op.drop_table("avistamiento_listados")
    op.drop_table("portico_alias")
    op.drop_table("porticos")
