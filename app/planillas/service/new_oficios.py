"""From a row that could be read to an oficio."""

from __future__ import annotations

from datetime import datetime

from app.oficios.models import Oficio
from app.oficios.rules.papel import Papel
from app.oficios.service import create_oficio
from app.oficios.service.papel import direccion_of, oficio_of, propietario_of, vehiculo_of
from app.planillas.rules.oficio_outcomes import FilaOficio
from app.usuarios.models import Usuario


def create_from_row(fila: FilaOficio, *, buffet_id: int, actor: Usuario, now: datetime) -> Oficio:
    """Open the case that a row describes, with its vehicle, its person and its address.

    Raises:
        NumeroTaken: the buffet already sent that number.
    """
    papel = Papel(fila.datos, fila.advertencias)
    return create_oficio(
        oficio_of(papel),
        vehiculo_of(papel),
        buffet_id=buffet_id,
        propietario=propietario_of(papel),
        direccion=direccion_of(papel),
        actor=actor,
        now=now,
    )
