"""A person's own data for them to take away: of others in the same case nothing is told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from app.ajustes.queries import text_setting
from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion
from app.avistamientos.models import Avistamiento
from app.core.dates import format_fecha, format_fecha_hora
from app.core.money import format_pesos
from app.core.personal_data import Dato, Titular
from app.db import Model, db
from app.direcciones.models import Direccion
from app.oficios.models import Propietario
from app.oficios.rules import Estado
from app.oficios.rules.basis import BASIS
from app.titulares.queries.lugares import list_models, primary_key, within
from app.titulares.queries.persona import Encontrado, as_text
from app.ubicado.models import Ubicacion
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

#: Where the data of a case come from and what they are for: the same for every case.
_ORIGIN = "El oficio judicial que entregó el buffet, y lo que la oficina averiguó al buscarlo."
_PURPOSE = "Ubicar el vehículo que un tribunal ordenó buscar."
#: Who is behind each way by which data leave, by its kind: another person's name is not theirs.
_RECIPIENTS = {
    CanalDivulgacion.NOTIFICACION: "El receptor judicial o el buffet del caso",
    CanalDivulgacion.RECEPTOR: "El receptor judicial",
    CanalDivulgacion.PORTAL: "El buffet del caso",
    CanalDivulgacion.API: "Un programa del buffet o de la oficina",
    CanalDivulgacion.WEBHOOK: "Un programa del buffet o de la oficina",
    CanalDivulgacion.EXPEDIENTE: "Quien pidió el expediente: el buffet o la oficina",
    CanalDivulgacion.EXPORTACION: "Una persona de la oficina, o el buffet",
}
#: How people read the names of columns.
_WORDS = {
    "a_quien": "A quién",
    "accion": "Qué hizo",
    "anio": "Año",
    "created_at": "Cuándo",
    "entidad": "Sobre qué",
    "entidad_id": "Número de aquello",
    "que": "Qué recibió",
    "comuna": "Comuna",
    "desde": "En la oficina desde",
    "direccion": "Dirección",
    "email": "Correo electrónico",
    "exactitud_m": "Exactitud (metros)",
    "fecha_hora": "Fecha y hora",
    "lat": "Latitud",
    "lon": "Longitud",
    "numero": "Número",
    "para_que": "Para qué",
    "patente_dv": "Dígito de la patente",
    "region": "Región",
    "rut": "RUT",
    "telefono": "Teléfono",
    "tipo_vehiculo": "Tipo de vehículo",
    "ubicado_at": "Ubicado",
    "ultima": "Última vez",
    "primera": "Primera vez",
    "verificada_at": "Verificada",
    "vin": "VIN",
}
#: Columns that say how the office keeps a row and nothing of anybody.
_INNER = frozenset({"clave", "advertencias_ingreso"})
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: Of the cases of a person, these rows tell of them or of the vehicle, and not of how one works.
_OF_THE_CASE: tuple[type[Model], ...] = (Vehiculo, Direccion, Avistamiento, Ubicacion)
#: Whose rows tell of them because of what they do, and by which columns it is surely them: a name
#: alone may be that of somebody else.
_BY_OFFICE = frozenset({Titular.OFICINA, Titular.BUFFET, Titular.RECEPTOR})
_SURE = (Dato.RUT, Dato.TELEFONO, Dato.CORREO)
#: Of each kind; who did more is told of the newest.
_MOST_DEEDS = 1000


def collect_data(found: Encontrado) -> dict[str, Any]:
    """Their data as JSON has them, with the cases and the law firms that asked for them."""
    own = [lugar for lugar in found.lugares if lugar.tabla == Propietario.__tablename__]
    ids = [hit.fila_id for lugar in own for hit in lugar.hallazgos]
    return {
        "casos": [
            {
                "numero": caso.numero_oficio,
                "encargado_por": caso.buffet,
                "estado": caso.estado.value,
                "desde": caso.created_at.isoformat(),
                "origen": _ORIGIN,
                "para_que": _PURPOSE,
                "base": text_setting(BASIS),
            }
            for caso in found.casos
        ],
        Propietario.__tablename__: _rows(Propietario, primary_key(Propietario).in_(ids)),
        **{
            model.__tablename__: _rows(model, condition)
            for model in _OF_THE_CASE
            if (condition := within(model, found.oficio_ids)) is not None
        },
        "comunicaciones": _communications(found.oficio_ids),
        **_own_records(found),
        "otros_lugares": {lugar.label: lugar.en_casos for lugar in found.lugares if lugar.en_casos},
    }


def _own_records(found: Encontrado) -> dict[str, list[dict[str, Any]]]:
    """What is held of them as somebody of the office, of a law firm, or a receptor.

    Of an account also what the audit says that it did, and what was handed to it: its deeds, by
    their numbers, and nothing of whom they concerned.
    """
    models = {model.__tablename__: model for model in list_models()}
    data: dict[str, list[dict[str, Any]]] = {}
    for lugar in found.lugares:
        personal = models[lugar.tabla].__personal__
        sure = set(personal.columns(*_SURE))
        ids = [hit.fila_id for hit in lugar.hallazgos if sure & set(hit.columnas)]
        if ids and personal.titular in _BY_OFFICE:
            model = models[lugar.tabla]
            names = personal.columns(Dato.NOMBRE, *_SURE, Dato.LUGAR)
            data[lugar.tabla] = _rows(model, primary_key(model).in_(ids), names)
            if model is Usuario:
                data |= _deeds(ids)
    return data


def _deeds(usuario_ids: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """What accounts did and were handed, the newest first."""
    did, got = Auditoria.__table__.c, Divulgacion.__table__.c
    done: sa.Select[Any] = (
        sa.select(did.accion, did.entidad, did.entidad_id, did.created_at)
        .where(did.usuario_id.in_(usuario_ids))
        .order_by(did.id.desc())
        .limit(_MOST_DEEDS)
    )
    handed: sa.Select[Any] = (
        sa.select(got.que, got.canal, got.cantidad, got.created_at)
        .where(got.usuario_id.in_(usuario_ids))
        .order_by(got.id.desc())
        .limit(_MOST_DEEDS)
    )
    return {
        table: [
            {name: _plain(value) for name, value in row.items() if value is not None}
            for row in db.session.execute(statement).mappings()
        ]
        for table, statement in (
            (Auditoria.__tablename__, done),
            (Divulgacion.__tablename__, handed),
        )
    }


def _communications(oficio_ids: Sequence[int]) -> list[dict[str, Any]]:
    """To what kind of recipient data of the cases went, by which way, how often and when."""
    sent, named = Divulgacion.__table__.c, DivulgacionCaso.__table__.c
    listed = sa.exists().where(named.divulgacion_id == sent.id, named.oficio_id.in_(oficio_ids))
    statement = (
        sa.select(
            sent.canal,
            sa.func.count(),
            sa.func.min(sent.created_at),
            sa.func.max(sent.created_at),
        )
        .where(sent.canal.in_(list(_RECIPIENTS)), sa.or_(sent.oficio_id.in_(oficio_ids), listed))
        .group_by(sent.canal)
        .order_by(sent.canal)
    )
    return [
        {
            "a_quien": _RECIPIENTS[canal],
            "medio": canal.label,
            "veces": times,
            "primera": first.isoformat(),
            "ultima": last.isoformat(),
        }
        for canal, times, first, last in db.session.execute(statement)
    ]


def tell_data(body: bytes) -> tuple[tuple[str, list[list[tuple[str, str]]]], ...]:
    """The same data for people to read: the title of each part, and its rows of name and value."""
    data = json.loads(body)
    models = {model.__tablename__: model for model in list_models()}
    parts = []
    for name, rows in data.items():
        if isinstance(rows, list) and rows:
            model = models.get(name)
            title = model.__personal__.label if model else name.capitalize()
            labels = _labels(model) if model else {"estado": _words_of(Estado)}
            parts.append((title, [_tell_row(row, labels) for row in rows]))
    if counts := data.get("otros_lugares"):
        parts.append(("Cuántas filas hay en cada lugar", [_tell_row(counts)]))
    return tuple(parts)


def _labels(model: type[Model]) -> dict[str, dict[str, str]]:
    """The words for the values of columns that take one of a few."""
    kinds = {column.name: getattr(column.type, "enum_class", None) for column in model.__table__.c}
    return {name: _words_of(kind) for name, kind in kinds.items() if kind is not None}


def _words_of(kind: type[Enum]) -> dict[str, str]:
    return {each.value: getattr(each, "label", each.value) for each in kind}


def _tell_row(
    row: dict[str, Any], labels: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> list[tuple[str, str]]:
    return [
        (
            _WORDS.get(name) or name.replace("_", " ").capitalize(),
            _tell_value(name, value, labels.get(name, {})),
        )
        for name, value in row.items()
    ]


def _tell_value(name: str, value: Any, words: Mapping[str, str]) -> str:
    """A value as people write it: the file for machines has it as machines do."""
    if isinstance(value, bool):
        return "sí" if value else "no"
    if name == "monto" and isinstance(value, int):
        return format_pesos(value)
    if not isinstance(value, str):
        return str(value)
    if value in words:
        return words[value]
    if _MOMENT.fullmatch(value):
        return format_fecha_hora(datetime.fromisoformat(value))
    return format_fecha(date.fromisoformat(value)) if _DAY.fullmatch(value) else value


def _rows(
    model: type[Model], condition: sa.ColumnElement[bool], names: Sequence[str] = ()
) -> list[dict[str, Any]]:
    names = names or [name for name in model.__personal__.datos if name not in _INNER]
    columns = [model.__table__.c[name] for name in names]
    rows = db.session.execute(sa.select(*columns).where(condition).order_by(primary_key(model)))
    return [
        {name: _plain(value) for name, value in zip(names, row, strict=True) if value is not None}
        for row in rows
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, int | float) else as_text(value)
