"""The admin's page of jobs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queries import count_by_state, list_consumers, trabajos_statement
from app.jobs.registry import job_label
from app.jobs.rules import RETRYABLE_STATES, EstadoTrabajo
from app.jobs.service import is_consumer_alive, retry_job
from app.web.access import admin_required, or_404
from app.web.fragments import fragment, is_htmx, see_other
from app.web.pagination import paginate

bp = Blueprint("trabajos", __name__)


@bp.get("/admin/trabajos")
@admin_required
def index() -> ResponseReturnValue:
    """All jobs by state, the newest first; HTMX asks for the list alone, every few seconds."""
    estado = request.args.get("estado", "")
    chosen = EstadoTrabajo(estado) if estado in {item.value for item in EstadoTrabajo} else None
    context: dict[str, Any] = {
        "page": paginate(trabajos_statement(chosen)),
        "counts": count_by_state(),
        "estados": list(EstadoTrabajo),
        "estado": estado,
        "job_label": job_label,
        "retryable": RETRYABLE_STATES,
        "alive": is_consumer_alive(utcnow()),
        "consumers": list_consumers(),
    }
    if is_htmx():
        return fragment("trabajos/_list.html", **context)
    return render_template("trabajos/index.html", **context)


@bp.get("/admin/trabajos/<trabajo_id>")
@admin_required
def detail(trabajo_id: str) -> ResponseReturnValue:
    """One job with its attempts."""
    trabajo = or_404(db.session.get(Trabajo, trabajo_id))
    return render_template(
        "trabajos/detail.html",
        trabajo=trabajo,
        label=job_label(trabajo.tipo),
        can_retry=trabajo.estado in RETRYABLE_STATES,
    )


@bp.post("/admin/trabajos/<trabajo_id>/reintentar")
@admin_required
def retry(trabajo_id: str) -> ResponseReturnValue:
    """Try a failed job again."""
    trabajo = or_404(db.session.get(Trabajo, trabajo_id))
    try:
        with transaction():
            retry_job(trabajo, now=utcnow())
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash("El trabajo se reintenta ahora.", "ok")
    return see_other(url_for("trabajos.index", estado=request.args.get("estado") or None))
