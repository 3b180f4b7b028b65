"""Writing the public policy: a draft, and its publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.ajustes.queries import current_office, is_demo, text_settings
from app.auditoria.service import Actor, audit
from app.core.clock import utcnow
from app.core.errors import Refused, Stale
from app.cumplimiento.models.politica import Politica
from app.cumplimiento.queries.politica import find_draft, find_policy, policy_seal
from app.cumplimiento.queries.retencion import current_rules
from app.cumplimiento.rules.politica import (
    POSTAL_ADDRESS,
    PREVENTION,
    PUNTOS,
    REPRESENTATIVE,
    HechosPolitica,
    missing_items,
    propose_items,
)
from app.cumplimiento.rules.retencion import tell_retention
from app.db import db, transaction
from app.titulares.rules.solicitudes import IN_FORCE, LAW
from app.titulares.service.data_requests import current_terms
from config import Config


@dataclass(frozen=True)
class Instalacion:
    """What the configuration knows and the policy tells."""

    #: The public form for requests, as an address.
    formulario: str
    respaldo_dias: int
    respaldo_meses: int
    respaldo_cifrado: bool


def installation_of(config: Config) -> Instalacion:
    """What the configuration tells in a proposal."""
    return Instalacion(
        formulario=f"{config.base_url}/datos-personales",
        respaldo_dias=config.backup_keep_days,
        respaldo_meses=config.backup_keep_months,
        respaldo_cifrado=bool(config.backup_passphrase),
    )


def propose_policy(instalacion: Instalacion) -> dict[str, str]:
    """The text of each item as today's settings have it, by its letter."""
    office = current_office()
    representante, domicilio, prevencion = text_settings(REPRESENTATIVE, POSTAL_ADDRESS, PREVENTION)
    return propose_items(
        HechosPolitica(
            oficina=office.nombre if office.is_named else "",
            correo=office.email,
            telefono=office.telefono,
            representante=representante,
            domicilio=domicilio,
            prevencion=prevencion,
            plazos=current_terms(),
            retencion=tell_retention(current_rules()),
            **vars(instalacion),
        )
    )


def save_draft(
    textos: Mapping[str, str], seen: str, *, actor: Actor | None, now: datetime
) -> Politica:
    """Keep the texts of the next version; nobody outside sees them.

    Raises:
        Stale: somebody saved or published since the form was opened (``policy_seal``).
    """
    if seen != policy_seal():
        raise Stale(
            "Alguien cambió la política mientras usted la escribía. Lo que escribió sigue aquí: "
            "compárelo y guarde otra vez si corresponde."
        )
    draft = find_draft()
    texts = {each.letra: textos[each.letra] for each in PUNTOS}
    if draft is None:
        newest = find_policy()
        draft = Politica(numero=newest.numero + 1 if newest else 1, textos=texts, created_at=now)
        db.session.add(draft)
    elif draft.textos != texts:
        draft.textos = texts
    db.session.flush()
    audit(
        "politica.borrador",
        actor=actor,
        now=now,
        entidad="politica",
        entidad_id=draft.id,
        numero=draft.numero,
    )
    return draft


def publish(
    textos: Mapping[str, str], seen: str, *, actor: Actor | None, now: datetime
) -> Politica:
    """Make these texts the version that everybody reads, under the law that the settings name.

    Raises:
        Stale: somebody saved or published since the form was opened.
        Refused: it would say nothing, or nothing new.
    """
    newest = find_policy()
    ley, since = text_settings(LAW, IN_FORCE)
    rige_desde = date.fromisoformat(since)
    missing = missing_items(textos)
    if len(missing) == len(PUNTOS):
        raise Refused("Complete al menos un punto antes de publicar.")
    draft = save_draft(textos, seen, actor=actor, now=now)
    if newest and (newest.textos, newest.ley, newest.rige_desde) == (
        draft.textos,
        ley,
        rige_desde,
    ):
        raise Refused(f"Dice lo mismo que la versión {newest.numero}: no hay nada que publicar.")
    draft.ley, draft.rige_desde = ley, rige_desde
    draft.publicada_at = now
    draft.publicada_por_id = actor.id if actor else None
    db.session.flush()
    audit(
        "politica.publicada",
        actor=actor,
        now=now,
        entidad="politica",
        entidad_id=draft.id,
        numero=draft.numero,
        por_completar=missing,
    )
    return draft


def publish_for_demo(config: Config) -> Mapping[str, object]:
    """Let a demonstration have a policy: what is proposed, without what only an office knows."""
    if is_demo() and find_policy() is None and find_draft() is None:
        texts = propose_policy(installation_of(config))
        with transaction():
            publish(texts, policy_seal(), actor=None, now=utcnow())
    return {}
