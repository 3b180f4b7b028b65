"""first schema

Revision ID: 0001
Revises:
Create Date: 2026-11-24 21:30:52.420813
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ajustes",
        sa.Column("clave", sa.String(60), nullable=False),
        sa.Column("valor", sa.String(2000), nullable=False),
        sa.PrimaryKeyConstraint("clave", name=op.f("pk_ajustes")),
    )
    op.create_table(
        "buffets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nombre", sa.String(160), nullable=False),
        sa.Column("rut", sa.String(12), nullable=False),
        sa.Column("email_principal", sa.String(254), nullable=False),
        sa.Column("telefono", sa.String(20), nullable=True),
        sa.Column("contacto_nombre", sa.String(160), nullable=True),
        sa.Column("activo", sa.Boolean(), nullable=False),
        sa.Column("mapeo_importacion", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buffets")),
        sa.UniqueConstraint("rut", name=op.f("uq_buffets_rut")),
    )
    op.create_table(
        "consumidores",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("hilos", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("iniciado_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ultimo_latido_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumidores")),
    )
    op.create_table(
        "cuotas",
        sa.Column("nombre", sa.String(60), nullable=False),
        sa.Column("momentos", sa.JSON(), nullable=False),
        sa.Column("bloqueada_hasta", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("nombre", name=op.f("pk_cuotas")),
    )
    op.create_table(
        "receptores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nombre", sa.String(160), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("telefono", sa.String(20), nullable=True),
        sa.Column("tribunales", sa.Text(), nullable=True),
        sa.Column("notas", sa.Text(), nullable=True),
        sa.Column("activo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receptores")),
        sa.UniqueConstraint("email", name=op.f("uq_receptores_email")),
    )
    op.create_table(
        "usuarios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("nombre", sa.String(160), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column(
            "rol",
            sa.Enum(
                "admin",
                "investigador",
                "cliente",
                name="rol",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("buffet_id", sa.Integer(), nullable=True),
        sa.Column("telefono", sa.String(20), nullable=True),
        sa.Column("avatar_url", sa.String(255), nullable=True),
        sa.Column("activo", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("ultimo_acceso_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(rol = 'cliente' AND buffet_id IS NOT NULL) OR (rol <> 'cliente' AND buffet_id IS NULL)",
            name=op.f("ck_usuarios_buffet_only_for_cliente"),
        ),
        sa.ForeignKeyConstraint(["buffet_id"], ["buffets.id"], name=op.f("fk_usuarios_buffet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usuarios")),
        sa.UniqueConstraint("email", name=op.f("uq_usuarios_email")),
    )
    with op.batch_alter_table("usuarios", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usuarios_buffet_id"), ["buffet_id"], unique=False)

    op.create_table(
        "auditoria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("accion", sa.String(60), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=True),
        sa.Column("entidad", sa.String(40), nullable=True),
        sa.Column("entidad_id", sa.Integer(), nullable=True),
        sa.Column("detalle", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_auditoria_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditoria")),
    )
    with op.batch_alter_table("auditoria", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auditoria_accion"), ["accion"], unique=False)
        batch_op.create_index(batch_op.f("ix_auditoria_created_at"), ["created_at"], unique=False)

    op.create_table(
        "enlaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("selector", sa.String(64), nullable=False),
        sa.Column("expira_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revocado_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ultimo_uso_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("usos", sa.Integer(), nullable=False),
        sa.Column("creado_por_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["buffet_id"], ["buffets.id"], name=op.f("fk_enlaces_buffet_id")),
        sa.ForeignKeyConstraint(
            ["creado_por_id"], ["usuarios.id"], name=op.f("fk_enlaces_creado_por_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enlaces")),
        sa.UniqueConstraint("selector", name=op.f("uq_enlaces_selector")),
    )
    with op.batch_alter_table("enlaces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enlaces_buffet_id"), ["buffet_id"], unique=False)

    op.create_table(
        "importaciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("nombre_archivo", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("contenido", sa.LargeBinary(), nullable=False),
        sa.Column("mapeo", sa.JSON(), nullable=False),
        sa.Column("correcciones", sa.JSON(), nullable=False),
        sa.Column(
            "estado",
            sa.Enum(
                "borrador",
                "importada",
                "descartada",
                name="estadoimportacion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("resultado", sa.JSON(), nullable=False),
        sa.Column("informe", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("importada_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["buffet_id"], ["buffets.id"], name=op.f("fk_importaciones_buffet_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_importaciones_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_importaciones")),
    )
    with op.batch_alter_table("importaciones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_importaciones_buffet_id"), ["buffet_id"], unique=False)
        batch_op.create_index("ix_importaciones_recent", ["estado", "created_at"], unique=False)

    op.create_table(
        "oficios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numero_oficio", sa.String(60), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("rol", sa.String(40), nullable=True),
        sa.Column("tribunal", sa.String(160), nullable=True),
        sa.Column("caratulado", sa.String(200), nullable=True),
        sa.Column("fecha_ingreso", sa.Date(), nullable=True),
        sa.Column("fecha_limite", sa.Date(), nullable=True),
        sa.Column(
            "prioridad",
            sa.Enum(
                "baja",
                "media",
                "alta",
                "urgente",
                name="prioridad",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "estado",
            sa.Enum(
                "pendiente",
                "investigacion",
                "notificacion",
                "finalizado_encontrado",
                "finalizado_no_encontrado",
                name="estado",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("posicion", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("investigador_id", sa.Integer(), nullable=True),
        sa.Column("notas_generales", sa.Text(), nullable=True),
        sa.Column("fuerza_publica", sa.Boolean(), nullable=False),
        sa.Column("descerrajamiento", sa.Boolean(), nullable=False),
        sa.Column("advertencias_ingreso", sa.JSON(), nullable=False),
        sa.Column("busqueda", sa.Text(), nullable=False),
        sa.Column("estado_desde", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ultima_actividad_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ultima_consulta_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("creado_por_id", sa.Integer(), nullable=True),
        sa.Column("modificado_por_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["buffet_id"], ["buffets.id"], name=op.f("fk_oficios_buffet_id")),
        sa.ForeignKeyConstraint(
            ["creado_por_id"], ["usuarios.id"], name=op.f("fk_oficios_creado_por_id")
        ),
        sa.ForeignKeyConstraint(
            ["investigador_id"], ["usuarios.id"], name=op.f("fk_oficios_investigador_id")
        ),
        sa.ForeignKeyConstraint(
            ["modificado_por_id"], ["usuarios.id"], name=op.f("fk_oficios_modificado_por_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oficios")),
        sa.UniqueConstraint(
            "buffet_id", "numero_oficio", name=op.f("uq_oficios_buffet_id_numero_oficio")
        ),
    )
    with op.batch_alter_table("oficios", schema=None) as batch_op:
        batch_op.create_index("ix_oficios_board", ["estado", "posicion", "id"], unique=False)
        batch_op.create_index("ix_oficios_check", ["estado", "ultima_consulta_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_oficios_investigador_id"), ["investigador_id"], unique=False
        )

    op.create_table(
        "direcciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column(
            "tipo",
            sa.Enum(
                "domicilio",
                "trabajo",
                "familiar",
                "otro",
                name="tipodireccion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("direccion", sa.String(200), nullable=False),
        sa.Column("comuna", sa.String(60), nullable=True),
        sa.Column("region", sa.String(80), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("exactitud_m", sa.Double(), nullable=True),
        sa.Column("notas", sa.Text(), nullable=True),
        sa.Column("verificada", sa.Boolean(), nullable=False),
        sa.Column("verificada_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verificada_por_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_direcciones_oficio_id")
        ),
        sa.ForeignKeyConstraint(
            ["verificada_por_id"], ["usuarios.id"], name=op.f("fk_direcciones_verificada_por_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direcciones")),
    )
    with op.batch_alter_table("direcciones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_direcciones_oficio_id"), ["oficio_id"], unique=False)

    op.create_table(
        "investigaciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column(
            "tipo",
            sa.Enum(
                "consulta_api",
                "nota",
                "llamada",
                "terreno",
                "cambio_estado",
                "notificacion",
                "adjunto",
                "sistema",
                name="actividad",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("descripcion", sa.Text(), nullable=False),
        sa.Column("detalle", sa.JSON(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=True),
        sa.Column("ocurrido_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("editado_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("respuesta", sa.Text(), nullable=True),
        sa.Column("respuesta_estado", sa.Integer(), nullable=True),
        sa.Column("respuesta_sha256", sa.String(64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_investigaciones_oficio_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_investigaciones_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigaciones")),
    )
    with op.batch_alter_table("investigaciones", schema=None) as batch_op:
        batch_op.create_index(
            "ix_investigaciones_timeline", ["oficio_id", "ocurrido_at", "id"], unique=False
        )

    op.create_table(
        "notificacion_borradores",
        sa.Column("clave", sa.String(64), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("datos", sa.JSON(), nullable=False),
        sa.Column("destinatario_nombre", sa.String(160), nullable=True),
        sa.Column("destinatario_email", sa.String(254), nullable=False),
        sa.Column("asunto", sa.String(255), nullable=False),
        sa.Column("cuerpo_texto", sa.Text(), nullable=False),
        sa.Column("cuerpo_html", sa.Text(), nullable=False),
        sa.Column("tamano_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_notificacion_borradores_oficio_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_notificacion_borradores_usuario_id")
        ),
        sa.PrimaryKeyConstraint("clave", name=op.f("pk_notificacion_borradores")),
    )
    with op.batch_alter_table("notificacion_borradores", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notificacion_borradores_oficio_id"), ["oficio_id"], unique=False
        )

    op.create_table(
        "notificaciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column(
            "tipo",
            sa.Enum(
                "receptor_judicial",
                "buffet",
                "interna",
                name="tiponotificacion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "estado",
            sa.Enum(
                "pendiente",
                "enviando",
                "enviada",
                "incierta",
                "fallida",
                name="estadonotificacion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("receptor_id", sa.Integer(), nullable=True),
        sa.Column("destinatario_nombre", sa.String(160), nullable=True),
        sa.Column("destinatario_email", sa.String(254), nullable=False),
        sa.Column("asunto", sa.String(255), nullable=False),
        sa.Column("mensaje_adicional", sa.Text(), nullable=True),
        sa.Column("cuerpo_texto", sa.Text(), nullable=False),
        sa.Column("cuerpo_html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("clave", sa.String(64), nullable=True),
        sa.Column("usuario_id", sa.Integer(), nullable=True),
        sa.Column("trabajo_id", sa.String(36), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("enviando_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enviada_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_notificaciones_oficio_id")
        ),
        sa.ForeignKeyConstraint(
            ["receptor_id"], ["receptores.id"], name=op.f("fk_notificaciones_receptor_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_notificaciones_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notificaciones")),
        sa.UniqueConstraint("clave", name=op.f("uq_notificaciones_clave")),
        sa.UniqueConstraint("message_id", name=op.f("uq_notificaciones_message_id")),
    )
    with op.batch_alter_table("notificaciones", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notificaciones_oficio_id"), ["oficio_id"], unique=False
        )

    op.create_table(
        "propietarios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column(
            "tipo",
            sa.Enum(
                "principal",
                "codeudor",
                "aval",
                "usuario",
                name="tipopropietario",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("nombre", sa.String(160), nullable=True),
        sa.Column("rut", sa.String(12), nullable=True),
        sa.Column("rut_confirmado", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("telefono", sa.String(20), nullable=True),
        sa.Column("notas", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_propietarios_oficio_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_propietarios")),
    )
    with op.batch_alter_table("propietarios", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_propietarios_oficio_id"), ["oficio_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_propietarios_rut"), ["rut"], unique=False)

    op.create_table(
        "trabajos",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tipo", sa.String(80), nullable=False),
        sa.Column("clave", sa.String(200), nullable=False),
        sa.Column("argumentos", sa.JSON(), nullable=False),
        sa.Column(
            "estado",
            sa.Enum(
                "pendiente",
                "programado",
                "ejecutando",
                "hecho",
                "fallido",
                "cancelado",
                "incierta",
                name="estadotrabajo",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("prioridad", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=True),
        sa.Column("usuario_id", sa.Integer(), nullable=True),
        sa.Column("intentos", sa.Integer(), nullable=False),
        sa.Column("max_intentos", sa.Integer(), nullable=False),
        sa.Column("ejecutar_desde", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arriendo_hasta", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arriendo_de", sa.String(80), nullable=True),
        sa.Column("resultado", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("iniciado_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminado_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_trabajos_oficio_id")),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_trabajos_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trabajos")),
        sa.UniqueConstraint("clave", name=op.f("uq_trabajos_clave")),
    )
    with op.batch_alter_table("trabajos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trabajos_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_trabajos_due", ["estado", "ejecutar_desde"], unique=False)
        batch_op.create_index(batch_op.f("ix_trabajos_oficio_id"), ["oficio_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trabajos_tipo"), ["tipo"], unique=False)

    op.create_table(
        "vehiculos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("patente", sa.String(8), nullable=False),
        sa.Column("patente_dv", sa.String(1), nullable=True),
        sa.Column("patente_confirmada", sa.Boolean(), nullable=False),
        sa.Column("marca", sa.String(60), nullable=True),
        sa.Column("modelo", sa.String(60), nullable=True),
        sa.Column("anio", sa.Integer(), nullable=True),
        sa.Column("color", sa.String(40), nullable=True),
        sa.Column("vin", sa.String(30), nullable=True),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_vehiculos_oficio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehiculos")),
        sa.UniqueConstraint("oficio_id", name=op.f("uq_vehiculos_oficio_id")),
    )
    with op.batch_alter_table("vehiculos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehiculos_patente"), ["patente"], unique=False)

    op.create_table(
        "avistamientos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column(
            "fuente",
            sa.Enum(
                "portico",
                "multa",
                "terreno",
                "manual",
                name="fuente",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fecha", sa.Date(), nullable=False),
        sa.Column("fecha_hora", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ubicacion", sa.String(200), nullable=True),
        sa.Column("empresa", sa.String(120), nullable=True),
        sa.Column("monto", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("notas", sa.Text(), nullable=True),
        sa.Column("clave", sa.String(64), nullable=False),
        sa.Column("simulado", sa.Boolean(), nullable=False),
        sa.Column("investigacion_id", sa.Integer(), nullable=True),
        sa.Column("usuario_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["investigacion_id"],
            ["investigaciones.id"],
            name=op.f("fk_avistamientos_investigacion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_avistamientos_oficio_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_avistamientos_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avistamientos")),
        sa.UniqueConstraint("oficio_id", "clave", name=op.f("uq_avistamientos_oficio_id_clave")),
    )
    with op.batch_alter_table("avistamientos", schema=None) as batch_op:
        batch_op.create_index(
            "ix_avistamientos_newest", ["oficio_id", "fecha", "fecha_hora"], unique=False
        )

    op.create_table(
        "trabajo_ejecuciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trabajo_id", sa.String(36), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("trabajador", sa.String(80), nullable=False),
        sa.Column("iniciado_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminado_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("traza", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["trabajo_id"], ["trabajos.id"], name=op.f("fk_trabajo_ejecuciones_trabajo_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trabajo_ejecuciones")),
    )
    with op.batch_alter_table("trabajo_ejecuciones", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_trabajo_ejecuciones_trabajo_id"), ["trabajo_id"], unique=False
        )

    op.create_table(
        "visitas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direccion_id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column(
            "resultado",
            sa.Enum(
                "exitosa",
                "no_encontrado",
                "direccion_incorrecta",
                "se_mudo",
                "rechazo_atencion",
                "otro",
                name="resultadovisita",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("notas", sa.Text(), nullable=True),
        sa.Column("fecha_hora", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("exactitud_m", sa.Double(), nullable=True),
        sa.Column("cliente_id", sa.String(36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["direccion_id"], ["direcciones.id"], name=op.f("fk_visitas_direccion_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_visitas_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitas")),
        sa.UniqueConstraint("cliente_id", name=op.f("uq_visitas_cliente_id")),
    )
    with op.batch_alter_table("visitas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visitas_direccion_id"), ["direccion_id"], unique=False)

    op.create_table(
        "adjuntos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column(
            "tipo",
            sa.Enum(
                "foto_vehiculo",
                "documento",
                "evidencia",
                name="tipoadjunto",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("mime_type", sa.String(80), nullable=False),
        sa.Column("tamano_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("original_key", sa.String(200), nullable=False),
        sa.Column("copia_key", sa.String(200), nullable=True),
        sa.Column("miniatura_key", sa.String(200), nullable=True),
        sa.Column("ancho", sa.Integer(), nullable=True),
        sa.Column("alto", sa.Integer(), nullable=True),
        sa.Column("descripcion", sa.String(500), nullable=True),
        sa.Column("metadatos", sa.JSON(), nullable=False),
        sa.Column("visita_id", sa.Integer(), nullable=True),
        sa.Column("usuario_id", sa.Integer(), nullable=True),
        sa.Column("eliminado_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("eliminado_por_id", sa.Integer(), nullable=True),
        sa.Column("eliminado_motivo", sa.String(300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["eliminado_por_id"], ["usuarios.id"], name=op.f("fk_adjuntos_eliminado_por_id")
        ),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_adjuntos_oficio_id")),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_adjuntos_usuario_id")
        ),
        sa.ForeignKeyConstraint(["visita_id"], ["visitas.id"], name=op.f("fk_adjuntos_visita_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjuntos")),
    )
    with op.batch_alter_table("adjuntos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjuntos_oficio_id"), ["oficio_id"], unique=False)
        batch_op.create_index(
            "uq_adjuntos_same_file",
            ["oficio_id", "sha256"],
            unique=True,
            sqlite_where=sa.text("eliminado_at IS NULL"),
            postgresql_where=sa.text("eliminado_at IS NULL"),
        )

    op.create_table(
        "notificacion_adjuntos",
        sa.Column("notificacion_id", sa.Integer(), nullable=False),
        sa.Column("adjunto_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adjunto_id"], ["adjuntos.id"], name=op.f("fk_notificacion_adjuntos_adjunto_id")
        ),
        sa.ForeignKeyConstraint(
            ["notificacion_id"],
            ["notificaciones.id"],
            name=op.f("fk_notificacion_adjuntos_notificacion_id"),
        ),
        sa.PrimaryKeyConstraint(
            "notificacion_id", "adjunto_id", name=op.f("pk_notificacion_adjuntos")
        ),
    )


def downgrade() -> None:
    op.drop_table("notificacion_adjuntos")
    with op.batch_alter_table("adjuntos", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_adjuntos_same_file",
            sqlite_where=sa.text("eliminado_at IS NULL"),
            postgresql_where=sa.text("eliminado_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_adjuntos_oficio_id"))

    op.drop_table("adjuntos")
    with op.batch_alter_table("visitas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visitas_direccion_id"))

    op.drop_table("visitas")
    with op.batch_alter_table("trabajo_ejecuciones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trabajo_ejecuciones_trabajo_id"))

    op.drop_table("trabajo_ejecuciones")
    with op.batch_alter_table("avistamientos", schema=None) as batch_op:
        batch_op.drop_index("ix_avistamientos_newest")

    op.drop_table("avistamientos")
    with op.batch_alter_table("vehiculos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vehiculos_patente"))

    op.drop_table("vehiculos")
    with op.batch_alter_table("trabajos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trabajos_tipo"))
        batch_op.drop_index(batch_op.f("ix_trabajos_oficio_id"))
        batch_op.drop_index("ix_trabajos_due")
        batch_op.drop_index(batch_op.f("ix_trabajos_created_at"))

    op.drop_table("trabajos")
    with op.batch_alter_table("propietarios", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_propietarios_rut"))
        batch_op.drop_index(batch_op.f("ix_propietarios_oficio_id"))

    op.drop_table("propietarios")
    with op.batch_alter_table("notificaciones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notificaciones_oficio_id"))

    op.drop_table("notificaciones")
    with op.batch_alter_table("notificacion_borradores", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notificacion_borradores_oficio_id"))

    op.drop_table("notificacion_borradores")
    with op.batch_alter_table("investigaciones", schema=None) as batch_op:
        batch_op.drop_index("ix_investigaciones_timeline")

    op.drop_table("investigaciones")
    with op.batch_alter_table("direcciones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_direcciones_oficio_id"))

    op.drop_table("direcciones")
    with op.batch_alter_table("oficios", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_oficios_investigador_id"))
        batch_op.drop_index("ix_oficios_check")
        batch_op.drop_index("ix_oficios_board")

    op.drop_table("oficios")
    with op.batch_alter_table("importaciones", schema=None) as batch_op:
        batch_op.drop_index("ix_importaciones_recent")
        batch_op.drop_index(batch_op.f("ix_importaciones_buffet_id"))

    op.drop_table("importaciones")
    with op.batch_alter_table("enlaces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enlaces_buffet_id"))

    op.drop_table("enlaces")
    with op.batch_alter_table("auditoria", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auditoria_created_at"))
        batch_op.drop_index(batch_op.f("ix_auditoria_accion"))

    op.drop_table("auditoria")
    with op.batch_alter_table("usuarios", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usuarios_buffet_id"))

    op.drop_table("usuarios")
    op.drop_table("receptores")
    op.drop_table("cuotas")
    op.drop_table("consumidores")
    op.drop_table("buffets")
    op.drop_table("ajustes")
