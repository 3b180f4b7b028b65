"""Examples to look at on the first day, and taking all of them away again.

They are cases of a firm of their own, with people, addresses and notes that nobody has; no sighting
is invented, and nothing is looked up or mailed for them (``Buffet.is_sample``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.auditoria.service import audit
from app.avisos.models import Aviso
from app.buffets.models import Buffet, Enlace
from app.buffets.queries import find_sample_buffet
from app.buffets.rules import SAMPLE_RUT
from app.buffets.service import BuffetData, create_buffet
from app.core.clock import local_today
from app.core.errors import Refused
from app.core.plazos import add_business_days
from app.custodia.service import execute_sealed, removal_reason
from app.db import Model, db, seeing_all, transaction
from app.direcciones.models import Direccion, Visita
from app.inicio.queries import has_cases
from app.inicio.rules import SAMPLE_NUMBER, SAMPLES, Ejemplo
from app.oficios.models import Oficio, Seguimiento
from app.oficios.rules import Actividad, Estado, EstadoCarga
from app.oficios.service import (
    DireccionData,
    EntradaData,
    Move,
    OficioData,
    PropietarioData,
    VehiculoData,
    add_entry,
    create_oficio,
    hide_cases,
    move_oficio,
    remove_cases,
)
from app.usuarios.models import Usuario

#: Rows of a case that go with it; one of any other table is more than looking around.
_OWN = frozenset(
    {
        *("avisos", "cargas", "ciclos", "compromisos", "direcciones", "etapas", "eventos"),
        *("investigaciones", "propietarios", "seguimientos", "trabajos", "vehiculos"),
    }
)
#: Rows that name the firm and stay as they are, or go with it.
_OF_FIRM = frozenset({"enlaces", "oficios", "eventos", "ciclos", "etapas"})


def load_samples(actor_id: int, *, now: datetime) -> int:
    """Open the examples, each in a transaction of its own; returns how many cases.

    Of a load that was cut off, what is there can be taken away like all of it.

    Raises:
        Refused: there are cases already, or they were loaded before.
    """
    with transaction():
        if has_cases() or find_sample_buffet() is not None:
            raise Refused("Los ejemplos se cargan sólo cuando todavía no hay casos.")
        actor = db.session.get_one(Usuario, actor_id)
        data = BuffetData("Buffet de ejemplo", SAMPLE_RUT, "ejemplo@buffet.invalid")
        buffet_id = create_buffet(data, actor=actor, now=now, is_sample=True).id
        audit("ejemplos.cargados", actor=actor, now=now, casos=len(SAMPLES))
    for place, ejemplo in enumerate(SAMPLES, 1):
        with transaction():
            _open_case(ejemplo, place, buffet_id, db.session.get_one(Usuario, actor_id), now)
    return len(SAMPLES)


def remove_samples(*, actor: Usuario, now: datetime) -> int:
    """Take the examples away with all that was written on them; returns how many cases.

    Raises:
        Refused: there are none, or something of them is more than an example.
    """
    buffet = find_sample_buffet()
    if buffet is None:
        raise Refused("No hay ejemplos que quitar.")
    with seeing_all():
        rows = db.session.execute(
            sa.select(Oficio.id, Oficio.numero_oficio)
            .where(Oficio.buffet_id == buffet.id)
            .order_by(Oficio.id)
            .with_for_update()
        ).all()
        ids = [pk for pk, _numero in rows]
        _refuse_real([numero for _pk, numero in rows], ids, buffet)
        hide_cases(ids, 0, EstadoCarga.SALE)
        with removal_reason("se quitaron los ejemplos"):
            places = sa.select(Direccion.id).where(Direccion.oficio_id.in_(ids))
            execute_sealed(sa.delete(Visita).where(Visita.direccion_id.in_(places)))
            db.session.execute(sa.delete(Aviso).where(Aviso.oficio_id.in_(ids)))
            execute_sealed(sa.delete(Seguimiento).where(Seguimiento.oficio_id.in_(ids)))
            remove_cases(ids, reason="se quitaron los ejemplos")
            execute_sealed(sa.delete(Enlace).where(Enlace.buffet_id == buffet.id))
            execute_sealed(sa.delete(Buffet).where(Buffet.id == buffet.id))
    audit("ejemplos.quitados", actor=actor, now=now, casos=len(ids))
    return len(ids)


def _open_case(ejemplo: Ejemplo, place: int, buffet_id: int, actor: Usuario, now: datetime) -> None:
    today = local_today(now)
    oficio = create_oficio(
        OficioData(
            numero_oficio=f"{SAMPLE_NUMBER}{place:02}",
            rol=f"C-{place}-{today.year}",
            tribunal="Juzgado de ejemplo",
            caratulado="EJEMPLO / EJEMPLO",
            fecha_ingreso=today - timedelta(days=place % 5),
            fecha_limite=add_business_days(today, 15 + place),
            prioridad=ejemplo.prioridad,
            notas_generales="Ejemplo: nada de este caso existe.",
        ),
        VehiculoData(
            patente=f"ZZZZ{9 + place}",
            marca=ejemplo.marca,
            modelo=ejemplo.modelo,
            color=ejemplo.color,
        ),
        buffet_id=buffet_id,
        propietario=PropietarioData(nombre=f"Persona de Ejemplo {place}"),
        direccion=DireccionData(
            direccion=f"Calle de Ejemplo {100 * place}", comuna=ejemplo.comuna, region=None
        ),
        actor=actor,
        now=now,
    )
    if ejemplo.nota:
        add_entry(oficio, EntradaData(Actividad.NOTA, ejemplo.nota), actor=actor, now=now)
    if ejemplo.estado is not Estado.PENDIENTE:
        move_oficio(oficio, Move(Estado.INVESTIGACION, oficio.version), actor=actor, now=now)


def _refuse_real(numbers: list[str], ids: list[int], buffet: Buffet) -> None:
    """Stop where something of the examples is of somebody.

    Raises:
        Refused: naming what, so that a person decides on it first.
    """
    others = [numero for numero in numbers if not numero.startswith(SAMPLE_NUMBER)]
    if others:
        raise Refused(
            f"En el buffet de ejemplo hay casos que no son de ejemplo ({', '.join(others[:3])}): "
            "no se quitó nada. Ingréselos en su buffet y ciérrelos aquí."
        )
    for table in Model.metadata.tables.values():
        for name, chosen, known in (("oficio_id", ids, _OWN), ("buffet_id", [buffet.id], _OF_FIRM)):
            column = table.c.get(name)
            if column is None or not column.foreign_keys or table.name in known:
                continue
            if db.session.scalar(sa.select(column).where(column.in_(chosen)).limit(1)) is not None:
                raise Refused(
                    "En los ejemplos hay algo que no es de ejemplo (archivos, correos, una "
                    "ubicación, un listado o una cuenta): no se quitó nada, para no borrarlo."
                )
