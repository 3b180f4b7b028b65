"""Every column is sealed, or a reason says why the chain need not tell of its alteration."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import app.features  # noqa: F401  # maps every model
from app.db import Model

MODELS = sorted(
    (mapper.class_ for mapper in Model.registry.mappers), key=lambda model: model.__tablename__
)

#: Tables without a seal, by why none is needed.
WITHOUT_A_SEAL = {
    "the chain itself and what witnesses it: a hash of each is in the next, or outside": (
        "custodia custodia_cabezas custodia_revisiones "
        "anclas anclas_hojas anclas_nodos anclas_sellos"
    ),
    "sealed in hundreds, once settled, by custodia_divulgaciones": (
        "divulgaciones divulgaciones_casos"
    ),
    "has no number by which a link could name its row; each change is in the audit, which is "
    "sealed, and what was sent in the words of a template is sealed with its notice": (
        "ajustes plantillas textos_predefinidos logos"
    ),
    "counted by the database itself from rows of which each is sealed or needs no seal": (
        "oficios_cuentas trabajos_cuentas"
    ),
    "worked out again from rows that are sealed": (
        "compromisos ciclos etapas consultas_dias indicadores_cortes informes_mensuales_casos "
        "textos_de_archivos importacion_filas"
    ),
    "a sheet on its way; the cases that it made, and where each came from, are sealed": (
        "importaciones cargas"
    ),
    "a message to somebody of what is told elsewhere, gone after a while": (
        "avisos avisos_equipos avisos_horas avisos_preferencias eventos webhook_entregas "
        "hitos_informados notificacion_borradores respuestas_guardadas"
    ),
    "what one proves who one is with: a seal would keep a copy of it": (
        "autenticadores codigos_respaldo llaves_acceso calendarios sesiones"
    ),
    "how the machine works, not what was done": (
        "cambios_de_tabla consumidores cuotas trabajos trabajo_ejecuciones supresion_pasos "
        "tablero_vistas"
    ),
}

#: Columns of sealed tables that no seal holds, by why.
NOT_SEALED = {
    "the chain in which the row stands is this case: another one makes it missing here": (
        "adjuntos.oficio_id aperturas.oficio_id avistamiento_listados.oficio_id "
        "avistamientos.oficio_id bloqueos.oficio_id consultas.oficio_id direcciones.oficio_id "
        "expedientes.oficio_id investigaciones.oficio_id mensajes.oficio_id "
        "notificaciones.oficio_id origenes.oficio_id pausas.oficio_id propietarios.oficio_id "
        "retencion_propuestas.oficio_id seguimientos.oficio_id ubicaciones.oficio_id "
        "vehiculos.oficio_id"
    ),
    "where the bytes are; their hash is sealed": (
        "adjuntos.original_key adjuntos.copia_key adjuntos.miniatura_key adjuntos.almacen "
        "avistamiento_listados.contenido encargo_terminos.pdf expedientes.pdf_key "
        "expedientes.almacen informes_mensuales.pdf_key informes_mensuales.xlsx_key "
        "informes_mensuales.almacen ingresos.archivo_key ingresos.almacen retencion_lotes.pdf "
        "solicitudes.pdf solicitudes.datos_json"
    ),
    "read or worked out from what is sealed, and again when it is lost": (
        "adjuntos.ancho adjuntos.alto adjuntos.revisado_at adjuntos.problema "
        "avistamiento_listados.mapeo avistamiento_listados.resultado "
        "avistamiento_listados.informe avistamientos.portico_id avistamientos.autopista "
        "avistamientos.portico_metodo avistamientos.portico_motivo ingresos.tipo "
        "ingresos.formato ingresos.problema ingresos.resumen ingresos.lectura ingresos.texto "
        "ingresos.importacion_id ingresos.leido_at oficios.busqueda oficios.vehiculo_n "
        "oficios.ultima_actividad_at oficios.ultima_consulta_at portico_alias.ubicacion "
        "portico_alias.empresa porticos.busqueda supresiones.estado supresiones.huellas"
    ),
    "by which the same thing sent twice is known, or a change made meanwhile": (
        "adjuntos.cliente_id avistamiento_listados.version avistamientos.clave brechas.version "
        "brechas.updated_at buffets.version direcciones.version ingresos.version "
        "notificacion_respuestas.clave notificaciones.clave oficios.version oficios.updated_at "
        "oficios.modificado_por_id politicas.version porticos.semilla porticos.clave "
        "porticos.version porticos.modificado_por_id porticos.created_at porticos.updated_at "
        "portico_alias.created_at solicitudes.version solicitudes.created_at "
        "supresiones.clave ubicacion_revisiones.cliente_id ubicaciones.cliente_id "
        "visitas.cliente_id"
    ),
    "the order and the look of things; who changed it is in the bitácora or the audit": (
        "adjuntos.orden adjuntos.portada adjuntos.aprobado_at adjuntos.aprobado_por_id "
        "oficios.prioridad oficios.posicion oficios.investigador_id ubicaciones.direccion_id"
    ),
    "a mail on its way; what went out is sealed": (
        "consultas.trabajo_id expedientes.trabajo_id informes_mensuales.trabajo_id "
        "notificaciones.trabajo_id notificaciones.error notificaciones.adjuntos_enlace "
        "notificaciones.selector notificaciones.enlace_expira_at "
        "notificaciones.recordatorio_de_id notificaciones.recordatorio_propuesto_at "
        "notificaciones.sustituto_propuesto_at notificaciones.enviando_at "
        "buffets.modo_hitos_desde buffets.resumen_hasta buffets.baja_version"
    ),
    "how a sheet is read": "buffets.mapeo_importacion",
    "what one proves who one is with, or each time that one came": (
        "claves_api.prefijo claves_api.ultimo_uso_at claves_api.ultimo_uso_desde "
        "usuarios.password_hash usuarios.session_version usuarios.ultimo_acceso_at "
        "usuarios.avatar_url webhooks.semilla"
    ),
    "whose a request is: what the office proves of it names nobody": (
        "solicitudes.nombre solicitudes.rut solicitudes.correo solicitudes.domicilio "
        "solicitudes.detalle"
    ),
    "only while an erasure is at work: by what the person is known, and files still to go": (
        "supresiones.buscado supresiones.archivos"
    ),
}


def names_of(reasons):
    return [name for names in reasons.values() for name in names.split()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__tablename__)
def test_a_column_is_sealed_or_says_why_not(model):
    """Add a new one to ``__sealed__`` of its model: somebody may alter it in the database."""
    table: sa.Table = model.__table__
    if not model.__sealed__:
        assert table.name in names_of(WITHOUT_A_SEAL), "seal it, or say why it needs none"
        return
    held = {name for sealed in model.__sealed__ for name in sealed.names}
    left = {f"{table.name}.{c.name}" for c in table.c if not c.primary_key and c.name not in held}
    known = {name for name in names_of(NOT_SEALED) if name.split(".")[0] == table.name}

    assert left - known == set(), "seal it, or say why it needs no seal"
    assert known - left == set(), "it is sealed, or is no column any more"


def test_a_reason_is_of_a_table_that_is_there_and_given_once():
    tables = {model.__tablename__: model for model in MODELS}
    whole, parts = names_of(WITHOUT_A_SEAL), names_of(NOT_SEALED)

    assert [name for name in whole if name not in tables or tables[name].__sealed__] == []
    assert [name for name in parts if name.split(".")[0] not in tables] == []
    assert len(set(whole)) == len(whole)
    assert len(set(parts)) == len(parts)
