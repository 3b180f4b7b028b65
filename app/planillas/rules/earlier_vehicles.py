"""What earlier cases of the office know of a vehicle fills what a list leaves empty, marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from app.oficios.rules.campos import CAMPOS, GrupoDeCampos, fields_of
from app.oficios.rules.field_readers import Dato
from app.planillas.rules.oficio_outcomes import FilaOficio, Resultado
from app.planillas.rules.repeats import CasoConocido
from app.planillas.rules.row_parts import is_whole

#: Fields that a plate tells: they are the vehicle's, whoever looks for it.
KNOWN_BY_PLATE = tuple(name for name in fields_of(GrupoDeCampos.VEHICULO) if name != "patente")
#: Key among the warnings of what came from elsewhere than the list.
_SOURCE = "vehiculo_conocido"


def fill_vehicles(filas: Sequence[FilaOficio], casos: Collection[CasoConocido]) -> list[FilaOficio]:
    """The rows that make a case, with what their plate tells and they do not say.

    The newest case that knows a fact counts. What a row says, also what cannot be read, stays.
    """
    known: dict[str, dict[str, Dato]] = {}
    for caso in sorted(casos, key=lambda one: one.oficio_id):
        told = {name: value for name, value in caso.vehiculo.items() if value}
        known.setdefault(caso.patente, {}).update(told)
    return [_filled(fila, known.get(str(fila.datos.get("patente")), {})) for fila in filas]


def _filled(fila: FilaOficio, known: dict[str, Dato]) -> FilaOficio:
    if not known or fila.resultado is None or not fila.resultado.is_imported:
        return fila
    if is_whole(fila.valores):
        return fila
    empty = {
        name: value
        for name, value in known.items()
        if name not in fila.datos and not fila.texto(name).strip()
    }
    if not empty:
        return fila
    names = ", ".join(f"{CAMPOS[name].label} ({value})" for name, value in empty.items())
    sentence = (
        f"El listado no lo dice; es de un caso anterior de la oficina con esta patente: {names}. "
        "Compárelo con el documento."
    )
    return replace(
        fila,
        datos={**fila.datos, **empty},
        advertencias={**fila.advertencias, _SOURCE: sentence},
        resultado=Resultado.ADVERTENCIA,
    )
