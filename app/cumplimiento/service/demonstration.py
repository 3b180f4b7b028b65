"""What the demonstration shows of compliance; all of it is invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.buffets.models import Buffet
from app.core.clock import local_today
from app.cumplimiento.rules.encargados import PROPOSED_KINDS, PROPOSED_OBJECT, PROPOSED_PURPOSE
from app.cumplimiento.rules.retencion import AccionRetencion, Regla
from app.cumplimiento.service.encargados import EncargoData, write_contract
from app.cumplimiento.service.retencion import save_rule
from app.oficios.rules import Estado
from app.usuarios.models import Usuario


def invent_compliance(buffets: Sequence[Buffet], admin: Usuario, now: datetime) -> None:
    """Write down what the firms entrust: one contract ends soon, the last firm has none yet.

    Also for how long closed cases stay.
    """
    today = local_today(now)
    for index, buffet in enumerate(buffets[:-1]):
        data = EncargoData(
            objeto=PROPOSED_OBJECT,
            finalidad=PROPOSED_PURPOSE,
            categorias=PROPOSED_KINDS,
            desde=today - timedelta(days=345),
            hasta=today + timedelta(days=20) if index == 0 else None,
            instrucciones="Informar al buffet antes de comunicar datos a terceros.",
            subencargados=(
                {
                    "nombre": "Nube Demostración SpA",
                    "servicio": "alojamiento",
                    "autorizado": (today - timedelta(days=345)).isoformat(),
                },
            ),
        )
        write_contract(buffet, data, read=0, actor=admin, now=now)
    for regla in (
        Regla(
            Estado.ENCONTRADO,
            24,
            AccionRetencion.BORRAR,
            "Hasta que se cierran las cuentas y reclamos del encargo.",
        ),
        # Its cases are closed since some days: the job proposes them at once.
        Regla(
            Estado.NO_ENCONTRADO,
            0,
            AccionRetencion.ANONIMIZAR,
            "El encargo terminó sin resultado: solo se cuentan los casos.",
        ),
    ):
        save_rule(regla, actor=admin, now=now)
