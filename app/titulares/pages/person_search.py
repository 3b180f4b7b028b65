"""The search for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.db import release, seeing_all, transaction
from app.extensions import current_config
from app.respaldo.service import Backup, list_backups
from app.titulares.forms import BloquearForm, BuscarForm
from app.titulares.pages.blueprint import bp
from app.titulares.queries.bloqueos import blocked_among
from app.titulares.queries.copias import find_exports
from app.titulares.queries.persona import Encontrado, find_person
from app.titulares.service import record_search
from app.vigia.outside import target_name
from app.web.access import admin_required
from app.web.fragments import is_read
from app.web.fresh import fresh_required


@dataclass(frozen=True)
class Respaldos:
    """The backups that may hold a person, because they are not older than their first row."""

    con: list[Backup]
    total: int
    bucket: str

    @classmethod
    def since(cls, desde: datetime | None, now: datetime) -> Respaldos:
        """Those that were made after a moment."""
        config = current_config()
        backups = list_backups(config.backup_dir, now=now)
        held = [each for each in backups if desde is not None and each.made_at >= desde]
        return cls(held, len(backups), config.s3_bucket_name if config.bucket_configured else "")


@bp.route("/admin/personas", methods=["GET", "POST"])
@admin_required
@fresh_required
def search() -> ResponseReturnValue:
    """Look for a person. What is typed travels in the body: an address ends in logs."""
    form = BuscarForm()
    if is_read():
        return _page(form, None, 200)
    if not form.validate():
        return _page(form, None, 422)
    with seeing_all():
        found = find_person(form.to_buscado())
    release()
    with transaction():
        record_search(found, form.motivo.data, actor=current_user, now=utcnow())
    return _page(form, found, 200)


def _page(form: BuscarForm, found: Encontrado | None, status: int) -> ResponseReturnValue:
    now = utcnow()
    page = render_template(
        "titulares/personas.html",
        form=form,
        found=found,
        respaldos=Respaldos.since(found.desde, now) if found else None,
        salidas=find_exports(found.desde, found.oficio_ids) if found and found.desde else [],
        syslog=target_name(),
        bloqueados=blocked_among(found.oficio_ids) if found else set(),
        bloquear=BloquearForm(
            formdata=None, motivo=form.motivo.data, solicitud=form.solicitud.data
        ),
        now=now,
    )
    return page, status
