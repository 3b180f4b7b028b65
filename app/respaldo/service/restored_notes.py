"""That a backup was restored stands in the audit, although the database was that of before."""

from __future__ import annotations

import json
from datetime import datetime

from app.ajustes.queries import find_setting
from app.ajustes.service import set_setting
from app.auditoria.service import audit
from app.respaldo.rules import Manifest

#: The setting that keeps it until the next start: the schema of a backup may be an older one.
RESTORED = "respaldo.restaurado"


def note_restored(
    name: str, manifest: Manifest, *, replaced: bool, with_files: bool, now: datetime
) -> None:
    """Keep what was restored for the audit. Call it in a transaction of the restored database."""
    told = {
        "archivo": name,
        "hecho": manifest.created_at,
        "version": manifest.version,
        "filas": manifest.row_count,
        "archivos": len(manifest.stored_files) if with_files else 0,
        "reemplaza": replaced,
        "restaurado": now.isoformat(),
    }
    set_setting(RESTORED, json.dumps(told))


def audit_restored(now: datetime) -> None:
    """Write it into the audit at the start that follows, once."""
    stored = find_setting(RESTORED)
    if not stored:
        return
    audit(
        "respaldo.restaurado",
        actor=None,
        now=now,
        entidad="instalacion",
        entidad_id=0,
        **json.loads(stored),
    )
    set_setting(RESTORED, "")
