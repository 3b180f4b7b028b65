"""Every column says whether it is personal data: nobody can add one and forget it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import app.features  # noqa: F401  # maps every model
from app.core.personal_data import Borrado
from app.db import Model, ShortText

MODELS = sorted(
    (mapper.class_ for mapper in Model.registry.mappers), key=lambda model: model.__name__
)


#: Columns of words or bytes that are neither searched nor erased, by why that may be.
TOLD_BY_NOBODY = {
    "chosen by the program": (
        "adjuntos.mime_type adjuntos.almacen auditoria.accion auditoria.entidad avisos.accion "
        "avisos.clave avisos.tanda cambios_de_tabla.tabla consultas.proveedor "
        "consultas_dias.fuente consumidores.version custodia.tipo divulgaciones.que "
        "divulgaciones.base "
        "divulgaciones.clave expedientes.almacen importacion_filas.resultado "
        "informes_mensuales.almacen ingresos.almacen oficios_cuentas.estado "
        "oficios_cuentas.prioridad "
        "ingresos.formato investigaciones.lugar investigaciones.equipo "
        "notificacion_respuestas.zona_llegada notificacion_respuestas.clave "
        "notificaciones.message_id retencion_lotes.pdf encargo_terminos.pdf "
        "respuestas_guardadas.cabeceras trabajo_ejecuciones.trabajador trabajos.tipo "
        "trabajos_cuentas.tipo trabajos_cuentas.estado"
    ),
    "a number, a code or a hash": (
        "avisos_equipos.huella avisos_equipos.p256dh avisos_equipos.secreto "
        "adjuntos.cliente_id brechas.numero calendarios.selector cambios_de_tabla.huella "
        "claves_api.alcances claves_api.prefijo claves_api.huella claves_api.ultimo_uso_desde "
        "encargo_terminos.numero encargo_terminos.manifiesto_sha256 encargo_terminos.pdf_sha256 "
        "enlaces.selector expedientes.codigo notificacion_borradores.selector "
        "notificaciones.trabajo_id notificaciones.selector respuestas_guardadas.huella "
        "respuestas_guardadas.arriendo_de retencion_lotes.numero retencion_lotes.pdf_sha256 "
        "sesiones.huella sesiones.clave_publica solicitudes.numero supresiones.clave "
        "supresiones.numero supresiones.huella supresiones.huellas trabajos.arriendo_de "
        "ubicacion_revisiones.cliente_id ubicaciones.cliente_id visitas.cliente_id "
        "webhooks.semilla"
    ),
    "numbers of columns, cases, rows and files": (
        "avistamiento_listados.mapeo avistamiento_listados.resultado buffets.mapeo_importacion "
        "cuotas.momentos encargo_terminos.casos encargo_terminos.conservados importaciones.mapeo "
        "importaciones.aprendido notificacion_borradores.adjuntos_enlace "
        "notificaciones.adjuntos_enlace promesas.plazos supresion_pasos.hechos supresiones.hechos "
        "supresiones.archivos webhooks.tipos"
    ),
    # The decision refuses words that name the person.
    "why a case stays": "supresiones.casos",
    "of the office, a buffet or another body": (
        "anclas_sellos.tsa anclas_sellos.respuesta anclas_sellos.firmante logos.datos "
        "avisos_equipos.direccion politicas.ley receptores.tribunales "
        "receptores.tribunales_pjud retencion_lotes.reglas "
        "retencion_propuestas.fundamento solicitudes.derivada_a webhooks.url"
    ),
    "of a place on a motorway": (
        "portico_alias.ubicacion portico_alias.empresa portico_alias.ubicacion_texto "
        "portico_alias.empresa_texto porticos.semilla porticos.clave porticos.autopista "
        "porticos.concesionaria porticos.codigo porticos.tramo porticos.sentido porticos.comuna "
        "porticos.region porticos.otros_nombres porticos.procedencia_coord porticos.busqueda"
    ),
}


def told_by_its_type(column: sa.Column[object]) -> bool:
    """Keys and yes-or-no columns say nothing of a person by themselves."""
    return (
        column.primary_key
        or bool(column.foreign_keys)
        or isinstance(column.type, sa.Boolean | sa.Enum)
    )


def holds_words(column: sa.Column[object]) -> bool:
    """Whether a column can hold a name."""
    kinds = sa.String | sa.JSON | sa.LargeBinary | ShortText
    return isinstance(column.type, kinds) and not isinstance(column.type, sa.Enum)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_column_is_declared_as_personal_or_not(model):
    """Add a new column to ``__personal__`` of its model: to ``datos``, or to ``otros``."""
    personal = model.__personal__
    columns = {column.name: column for column in model.__table__.columns}
    declared = {*personal.datos, *personal.otros}

    assert {name for name in columns if not told_by_its_type(columns[name])} - declared == set()
    assert declared - set(columns) == set()
    assert set(personal.datos) & set(personal.otros) == set()
    assert personal.label
    # Words in a column that nobody looks into may name anybody.
    known = {name for names in TOLD_BY_NOBODY.values() for name in names.split()}
    table = model.__tablename__
    words = {name for name in personal.otros if holds_words(columns[name])}
    assert {f"{table}.{name}" for name in words} - known == set(), (
        "declare it in `datos`, or say in TOLD_BY_NOBODY why it can name nobody"
    )
    assert {name for name in known if name.startswith(f"{table}.")} - {
        f"{table}.{name}" for name in words
    } == set()
    # What stays says why, and a row hangs on its case through a reference that exists.
    assert bool(personal.motivo) == (personal.borrado is Borrado.GUARDAR)
    assert not personal.via or columns[personal.via].foreign_keys
