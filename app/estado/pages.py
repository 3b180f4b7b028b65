"""*Estado*: the admin's page about the installation."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.auditoria.service import audit
from app.core.clock import utcnow
from app.db import release, transaction
from app.estado.outside import trying
from app.estado.queries import list_partes
from app.extensions import current_config
from app.inicio.service import remember_trial
from app.jobs.queue import enqueue
from app.respaldo.jobs import BACKUP_JOB
from app.respaldo.service import list_backups
from app.titulares.queries.data_requests import list_due
from app.web.access import admin_required, or_404
from app.web.fragments import see_other
from app.web.fresh import fresh_required
from app.web.maintenance import maintenance_text, set_maintenance
from app.web.sentences import tell

bp = Blueprint("estado", __name__)

_LONGEST = 300


@bp.get("/admin/estado")
@admin_required
def index() -> ResponseReturnValue:
    """How every part is, in words."""
    config = current_config()
    now = utcnow()
    return render_template(
        "estado/index.html",
        partes=list_partes(config, now),
        pendientes=list_due(now),
        backups=list_backups(config.backup_dir)[:10],
        maintenance=maintenance_text(config.instance_dir),
    )


@bp.post("/admin/estado/probar/<parte>")
@admin_required
def try_part(parte: str) -> ResponseReturnValue:
    """Try one part for real and say what was seen."""
    config = current_config()
    email = current_user.email
    release()
    trials: dict[str, Callable[[], trying.Prueba]] = {
        "correo": lambda: trying.try_mail(config, email),
        "porticos": lambda: trying.try_provider(config),
        "archivos": trying.try_storage,
        "bucket": lambda: trying.try_bucket(config),
        "certificado": lambda: trying.try_certificate(config),
        "auditoria": trying.try_audit_copy,
    }
    found = or_404(trials.get(parte))()
    if found.ok is not None:
        with transaction():
            remember_trial(parte, worked=found.ok, config=config)
    tone = "info" if found.ok is None else "ok" if found.ok else "error"
    tell(f"{found.nombre}: {found.texto}", tone)
    is_first_day = request.form.get("volver") == "inicio"
    return see_other(url_for("inicio.index" if is_first_day else "estado.index"))


@bp.post("/admin/estado/respaldar")
@admin_required
@fresh_required
def back_up() -> ResponseReturnValue:
    """Have the consumer make a backup now."""
    now = utcnow()
    with transaction():
        enqueue(BACKUP_JOB, key=f"a mano {now:%Y%m%d%H%M}", now=now, usuario_id=current_user.id)
        audit("respaldo.pedido", actor=current_user, now=now, entidad="instalacion", entidad_id=0)
    tell("Se está haciendo un respaldo. Recargue en un momento para verlo aquí.", "ok")
    return see_other(url_for("estado.index"))


@bp.post("/admin/estado/mantencion")
@admin_required
def maintenance() -> ResponseReturnValue:
    """Switch the maintenance mode on or off."""
    config = current_config()
    on = request.form.get("activa") == "1"
    with transaction():
        audit(
            "mantencion.iniciada" if on else "mantencion.terminada",
            actor=current_user,
            now=utcnow(),
            entidad="instalacion",
            entidad_id=0,
        )
    text = " ".join(request.form.get("texto", "").split())[:_LONGEST]
    set_maintenance(config.instance_dir, text if on else None)
    tell(
        "Mantención iniciada: sólo los administradores pueden entrar."
        if on
        else "Mantención terminada: todos pueden entrar.",
        "ok",
    )
    return see_other(url_for("estado.index"))
