"""Writing the impact assessment, section by section; each change is a version of its own."""

from __future__ import annotations

from datetime import datetime

from app.ajustes.queries import current_office, text_setting
from app.auditoria.service import audit
from app.core.errors import NotFound, Stale
from app.cumplimiento.models.evaluaciones import EvaluacionImpacto
from app.cumplimiento.queries.evaluaciones import newest_version
from app.cumplimiento.rules.evaluaciones import complete, find_section, propose
from app.db import db
from app.titulares.rules.solicitudes import LAW
from app.usuarios.models import Usuario


def proposed_texts() -> dict[str, str]:
    """What is proposed for each section, with the office's name and the text of law it follows."""
    return propose(oficina=current_office().nombre, ley=text_setting(LAW))


def current_texts() -> dict[str, str]:
    """Each section as it stands: of the newest version, else as it is proposed."""
    newest = newest_version()
    return complete(newest.secciones if newest else {}, proposed_texts())


def save_section(
    clave: str, texto: str, cambio: str, base: int, *, actor: Usuario, now: datetime
) -> EvaluacionImpacto | None:
    """Store a new version that differs in one section. None: nothing differs.

    ``base`` is the number of the version that was edited, 0 for the proposal.

    Raises:
        NotFound: there is no such section.
        Stale: somebody stored a newer version meanwhile.
    """
    section = find_section(clave)
    if section is None:
        raise NotFound("Esa sección no existe.")
    newest = newest_version()
    number = newest.numero if newest else 0
    if base != number:
        raise Stale(
            f"Alguien guardó la versión {number} mientras usted escribía. Su texto sigue aquí: "
            "compárelo y guarde otra vez si corresponde."
        )
    before = current_texts()
    if newest is not None and before[clave] == texto:
        return None
    row = EvaluacionImpacto(
        numero=number + 1,
        secciones=before | {clave: texto},
        cambio=cambio or f"Se cambió «{section.titulo}».",
        usuario_id=actor.id,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit(
        "evaluacion.version",
        actor=actor,
        now=now,
        entidad="evaluacion_impacto",
        entidad_id=row.id,
        numero=row.numero,
        seccion=clave,
    )
    return row
