"""What the demonstration's office promises two of its buffets, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.core.clock import local_today
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import Estado, Prioridad
from app.promesas.rules import Lapso, MedioInforme, MotivoPausa, TipoPromesa
from app.promesas.service import PauseData, PromesaData, note_report, pause_clock, promise
from app.usuarios.models import Usuario

_TERMS = {
    TipoPromesa.PRIMERA_GESTION: {"urgente": "4 h", "alta": "8 h", "media": "2 d", "baja": "3 d"},
    TipoPromesa.PRIMER_INFORME: {"urgente": "2 d", "alta": "4 d", "media": "6 d"},
    TipoPromesa.UBICACION: {"urgente": "8 d", "alta": "12 d", "media": "15 d"},
}
#: Every so many cases the office told its buffet nothing, and was late with what it did.
_FORGOTTEN = 5


def promise_terms(buffets: Sequence[Buffet], admin: Usuario, now: datetime) -> None:
    """Promise two buffets something of all cases of the demonstration."""
    plazos = {
        (tipo, Prioridad(prioridad)): Lapso.parse(text)
        for tipo, terms in _TERMS.items()
        for prioridad, text in terms.items()
    }
    since = local_today(now) - timedelta(days=120)
    for buffet in buffets[:2]:
        promise(buffet, PromesaData(since, plazos), actor=admin, now=now)


def keep_some_promises(buffets: Sequence[Buffet], admin: Usuario, now: datetime) -> None:
    """Let the office tell some buffets of their cases, and wait for one of them."""
    statement = sa.select(Oficio).where(Oficio.buffet_id.in_([one.id for one in buffets[:2]]))
    said = "Se contó al procurador qué direcciones se visitarán primero."
    stands = False
    for number, oficio in enumerate(db.session.scalars(statement.order_by(Oficio.id)).all()):
        actor = oficio.investigador or admin
        if number % _FORGOTTEN:
            when = min(oficio.created_at + timedelta(hours=5), now)
            note_report(oficio, MedioInforme.TELEFONO, said, actor=actor, now=when)
        if oficio.estado is Estado.INVESTIGACION and not stands:
            stands = True
            why = PauseData(MotivoPausa.BUFFET, "Falta que confirmen la patente del vehículo")
            pause_clock(oficio, why, actor=actor, now=now - timedelta(hours=20))
