"""From a row that could be read to an oficio."""

from __future__ import annotations

from datetime import datetime

from app.oficios.models import Oficio
from app.oficios.rules import TipoPropietario
from app.oficios.rules.papel import Papel
from app.oficios.service import create_oficio
from app.oficios.service.papel import direccion_of, oficio_of, propietario_of, vehiculo_of
from app.planillas.rules.oficio_outcomes import FilaOficio
from app.usuarios.models import Usuario


def create_from_row(fila: FilaOficio, *, buffet_id: int, actor: Usuario, now: datetime) -> Oficio:
    """Open the case that a row describes, with its vehicle, its persons and its addresses.

    Raises:
        NumeroTaken: the buffet already sent that number with that plate.
    """
    papel = Papel(fila.datos, fila.advertencias)
    others = [Papel(other) for other in fila.otros]
    return create_oficio(
        oficio_of(papel),
        vehiculo_of(papel),
        buffet_id=buffet_id,
        propietario=propietario_of(papel, *_standing(papel)),
        direccion=direccion_of(papel),
        otras_personas=[
            persona for one in others if (persona := propietario_of(one, *_standing(one)))
        ],
        otras_direcciones=[place for one in others if (place := direccion_of(one))],
        enlazado=True,
        actor=actor,
        now=now,
    )


def _standing(papel: Papel) -> tuple[TipoPropietario, str | None]:
    """How a person stands to the vehicle, and what else the row says of them."""
    tipo = papel.text("propietario_tipo") or TipoPropietario.PRINCIPAL.value
    return TipoPropietario(tipo), papel.text("propietario_notas")
