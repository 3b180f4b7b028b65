"""Which gantry a source means: what a person said of its text, else what the text tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.auditoria.service import audit
from app.core.dates import format_fecha
from app.core.errors import InvalidValue
from app.db import db
from app.porticos.models import AliasPortico, Portico
from app.porticos.queries import find_alias, find_aliases, load_catalogo
from app.porticos.rules import Metodo, alias_key
from app.porticos.rules.recognition import Match, recognise
from app.porticos.service.catalogue import ask_to_rematch
from app.usuarios.models import Usuario

#: Place and company, as written by a source.
Texto = tuple[str | None, str | None]


def identify(textos: Iterable[Texto]) -> dict[Texto, Match]:
    """The gantry of each text. Corrections of people go before what the text tells.

    Reads the catalogue once, so that a list of thousands costs as many comparisons and no more.
    """
    wanted = set(textos)
    if not wanted:
        return {}
    aliases = find_aliases(alias_key(*texto) for texto in wanted if texto[0])
    catalogo = load_catalogo()
    return {
        texto: (
            _remembered(alias)
            if (alias := aliases.get(alias_key(*texto)))
            else recognise(*texto, catalogo)
        )
        for texto in wanted
    }


def remember_alias(
    ubicacion: str | None,
    empresa: str | None,
    portico: Portico | None,
    *,
    actor: Usuario,
    now: datetime,
) -> AliasPortico:
    """Keep what a person says of a text; an earlier word about it is replaced.

    Without a gantry it says that the text names none of the catalogue.

    Raises:
        InvalidValue: there is no text of a place: a company alone is no gantry.
    """
    if not ubicacion:
        raise InvalidValue(
            "La fuente no dijo el lugar, así que no hay un texto que corregir: solo se conoce la "
            "empresa."
        )
    place, company = alias_key(ubicacion, empresa)
    said = {
        "ubicacion_texto": ubicacion,
        "empresa_texto": empresa,
        "portico_id": portico.id if portico else None,
        "usuario_id": actor.id,
        "created_at": now,
    }
    alias = find_alias(ubicacion, empresa)
    if alias is None:
        alias = AliasPortico(ubicacion=place, empresa=company, **said)
        db.session.add(alias)
    else:
        for name, value in said.items():
            setattr(alias, name, value)
    db.session.flush()
    db.session.expire(alias)
    audit(
        "portico.corregido",
        actor=actor,
        now=now,
        entidad="portico_alias",
        entidad_id=alias.id,
        ubicacion=ubicacion,
        empresa=empresa,
        portico_id=alias.portico_id,
    )
    ask_to_rematch(now)
    return alias


def forget_alias(alias: AliasPortico, *, actor: Usuario, now: datetime) -> None:
    """Take a correction back: its text is looked up in the catalogue again."""
    audit(
        "portico.correccion_retirada",
        actor=actor,
        now=now,
        entidad="portico_alias",
        entidad_id=alias.id,
        ubicacion=alias.ubicacion_texto,
        empresa=alias.empresa_texto,
        portico_id=alias.portico_id,
    )
    db.session.delete(alias)
    ask_to_rematch(now)
    db.session.flush()


def _remembered(alias: AliasPortico) -> Match:
    """A correction in words: «corregido por Ana Vega el 25-11-2026»."""
    said = f"corregido por {alias.usuario.nombre} el {format_fecha(alias.created_at)}"[:255]
    if alias.portico is None:
        return Match(Metodo.CORREGIDO, said)
    return Match(Metodo.CORREGIDO, said, alias.portico_id, alias.portico.autopista)
