"""What a repeated row of a list changes of the case that it repeats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.db import db, not_seeing_hidden
from app.direcciones.rules import TipoDireccion
from app.oficios.models import Oficio, Propietario
from app.oficios.queries import find_oficio
from app.oficios.rules import Prioridad, TipoPropietario
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos, column_of, fields_of
from app.oficios.rules.field_readers import Dato
from app.oficios.rules.papel import Papel
from app.oficios.service import (
    DireccionData,
    OficioData,
    PropietarioData,
    VehiculoData,
    add_direccion,
    add_persona,
    update_oficio,
    update_persona,
    update_vehiculo,
)
from app.oficios.service.papel import warnings_of
from app.planillas.rules.oficio_outcomes import FilaOficio
from app.planillas.rules.repeats import Hechos, chosen_values, list_changes
from app.usuarios.models import Usuario

_DAYS = ("fecha_oficio", "fecha_ingreso", "fecha_limite")
_OF_ORDER = (GrupoDeCampos.OFICIO, GrupoDeCampos.PLAZOS, GrupoDeCampos.NOTAS)
_CHANGED = "No se actualizó: el caso cambió después de la revisión."
_AWAY = "No se actualizó: el caso ya no se puede cambiar."
_SAME = "El caso ya decía lo mismo."


@dataclass(frozen=True)
class StoredUpdate:
    """An update that waits to be carried out: of which case as it was seen, and what."""

    oficio_id: int
    version: int
    valores: Mapping[str, Dato]
    advertencias: Mapping[str, str]

    @classmethod
    def from_text(cls, text: str) -> StoredUpdate:
        """The update that ``text_of_update`` wrote."""
        found = json.loads(text)
        valores = {
            name: date.fromisoformat(value) if name in _DAYS else value
            for name, value in found["valores"].items()
        }
        return cls(found["oficio_id"], found["version"], valores, found["advertencias"])


def text_of_update(fila: FilaOficio) -> str:
    """What a row changes of its case as JSON, for the row that waits to be stored."""
    campos = fila.elegido.campos
    kept = {column_of(name) if name == "notas" else name for name in campos}
    notes = warnings_of(Papel(fila.datos, fila.advertencias))
    return json.dumps(
        {
            "oficio_id": fila.elegido.oficio_id,
            "version": fila.elegido.version,
            "valores": chosen_values(fila.datos, campos),
            "advertencias": {name: text for name, text in notes.items() if name in kept},
        },
        ensure_ascii=False,
        default=date.isoformat,
    )


def facts_of(oficio: Oficio) -> Hechos:
    """What a case says in the fields of a list, of its main person and of all its addresses."""
    valores: dict[str, Dato | None] = {}
    for grupo in _OF_ORDER:
        for name in fields_of(grupo):
            value = getattr(oficio, column_of(name))
            valores[name] = value.value if isinstance(value, Prioridad) else value
    for name in fields_of(GrupoDeCampos.VEHICULO):
        valores[name] = getattr(oficio.vehiculo, name)
    if persona := _main_person(oficio):
        for name in fields_of(GrupoDeCampos.PERSONA):
            valores[name] = getattr(persona, column_of(name))
    return Hechos(valores, tuple((one.direccion, one.comuna) for one in oficio.direcciones))


def apply_update(
    update: StoredUpdate, *, buffet_id: int, actor: Usuario, now: datetime
) -> tuple[bool, str]:
    """Change a case as a row says; whether that was done, and in words what was or why not.

    The case is left alone where somebody changed it since it was reviewed, where it is of another
    buffet by now, and where nobody works with it: what hides it hides it here, too.
    """
    with not_seeing_hidden():
        there = db.session.scalar(sa.select(Oficio.id).where(Oficio.id == update.oficio_id))
        oficio = find_oficio(update.oficio_id) if there is not None else None
    if oficio is None or oficio.buffet_id != buffet_id:
        return False, _AWAY
    if oficio.version != update.version:
        return False, _CHANGED
    changes = list_changes(update.valores, facts_of(oficio))
    if not changes:
        return True, _SAME
    names = {change.campo for change in changes}
    values = {change.campo: change.despues for change in changes}
    _change_parts(oficio, names, values, update, actor, now)
    labels = ", ".join(CAMPOS[change.campo].label for change in changes)
    return True, f"Se actualizó: {labels}."


def _change_parts(
    oficio: Oficio,
    names: set[str],
    values: Mapping[str, Any],
    update: StoredUpdate,
    actor: Usuario,
    now: datetime,
) -> None:
    notes = dict(update.advertencias)
    of_order = {name for grupo in _OF_ORDER for name in fields_of(grupo)} & names
    if of_order:
        fields = OficioData.__dataclass_fields__
        data = OficioData(**{name: getattr(oficio, name) for name in fields})
        news: dict[str, Any] = {column_of(name): values[name] for name in of_order}
        if "prioridad" in news:
            news["prioridad"] = Prioridad(news["prioridad"])
        data = replace(data, **news, advertencias_ingreso=notes)
        update_oficio(oficio, data, oficio.version, actor=actor, now=now)
    of_car = fields_of(GrupoDeCampos.VEHICULO).keys() & names
    if of_car:
        fields = VehiculoData.__dataclass_fields__
        car = VehiculoData(**{name: getattr(oficio.vehiculo, name) for name in fields})
        car = replace(car, **{name: values[name] for name in of_car})
        update_vehiculo(oficio, car, oficio.version, advertencias=notes, actor=actor, now=now)
    of_person = fields_of(GrupoDeCampos.PERSONA).keys() & names
    if of_person:
        news = {column_of(name): values[name] for name in of_person}
        if persona := _main_person(oficio):
            fields = PropietarioData.__dataclass_fields__
            known = PropietarioData(**{name: getattr(persona, name) for name in fields})
            update_persona(oficio, persona, replace(known, **news), actor=actor, now=now)
        else:
            add_persona(oficio, PropietarioData(**news), actor=actor, now=now)
    if "direccion" in names:
        parts: dict[str, Any] = {
            name: update.valores.get(name) for name in fields_of(GrupoDeCampos.DIRECCION)
        }
        place = DireccionData(tipo=TipoDireccion.DOMICILIO, **parts)
        add_direccion(oficio, place, actor=actor, now=now)


def _main_person(oficio: Oficio) -> Propietario | None:
    return next((one for one in oficio.propietarios if one.tipo is TipoPropietario.PRINCIPAL), None)
