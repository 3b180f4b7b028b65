"""Requests of persons: the public form, and what admins do with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from io import BytesIO

import sqlalchemy as sa
from flask import Response, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectChoice

from app.ajustes.queries import text_setting
from app.auditoria.pages import note_file
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.db import db
from app.extensions import limiter
from app.titulares.forms import (
    DecisionForm,
    DerivarForm,
    EntregaForm,
    IdentidadForm,
    ProrrogaForm,
    RecibidaForm,
    SolicitudForm,
)
from app.titulares.models import Solicitud
from app.titulares.pages.blueprint import bp
from app.titulares.queries.data_requests import count_open_requests, requests_statement
from app.titulares.rules.solicitudes import (
    IN_FORCE,
    LAW,
    CanalSolicitud,
    EstadoSolicitud,
    days_left,
)
from app.titulares.service.answer_sending import note_delivery
from app.titulares.service.data_requests import (
    answer_of,
    check_identity,
    decide,
    extend_term,
    pass_on,
    receive_request,
)
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form
from app.web.fresh import fresh_file_required, fresh_required
from app.web.navigation import Mark
from app.web.pagination import paginate

#: What everybody is answered, so that nobody learns whether they are in the data.
_RECEIVED = "Recibimos su solicitud. Le responderemos dentro del plazo legal."


def waiting_requests() -> Mark | None:
    """What the rail says beside the place of persons and their data."""
    number = count_open_requests()
    noun = "solicitud por responder" if number == 1 else "solicitudes por responder"
    return Mark(number, noun) if number else None


@bp.route("/datos-personales", methods=["GET", "POST"])
@limiter.limit("10 per hour", methods=["POST"])
def ask() -> ResponseReturnValue:
    """The public form: the same answer to everyone."""
    form = SolicitudForm()

    def deed() -> Done:
        if not (form.correo.value or form.domicilio.data):
            raise InvalidValue("Escriba un correo o un domicilio adonde responder.")
        receive_request(form.to_data(), CanalSolicitud.PAGINA, actor=None, now=utcnow())
        return Done(_RECEIVED, url_for("titulares.ask"))

    def show(status: int) -> ResponseReturnValue:
        page = render_template(
            "titulares/pedir.html",
            form=form,
            ley=text_setting(LAW),
            desde=date.fromisoformat(text_setting(IN_FORCE)),
        )
        return page, status

    return carry_out(Deed(do=deed, form=form, show=show, beside={InvalidValue: form.correo}))


@bp.get("/admin/personas/solicitudes")
@admin_required
def requests() -> ResponseReturnValue:
    """All requests, those that end first on top."""
    now = utcnow()
    return render_template(
        "titulares/solicitudes.html",
        page=paginate(requests_statement()),
        left=lambda row: days_left(row.vence, now),
        ley=text_setting(LAW),
        desde=date.fromisoformat(text_setting(IN_FORCE)),
    )


@bp.route("/admin/personas/solicitudes/nueva", methods=["GET", "POST"])
@admin_required
def register() -> ResponseReturnValue:
    """Write down a request that came by mail or letter."""
    form = RecibidaForm()

    def deed() -> Done:
        # At noon in UTC it is the same day in Santiago.
        moment = datetime.combine(form.recibida.value, time(12), tzinfo=UTC)
        row = receive_request(
            form.to_data(),
            form.canal.value,
            actor=current_user,
            now=utcnow(),
            recibida_at=min(moment, utcnow()),
        )
        return Done(
            f"Quedó registrada como {row.numero}.",
            url_for("titulares.request_detail", solicitud_id=row.id),
        )

    def show(status: int) -> ResponseReturnValue:
        return render_template("titulares/registrar.html", form=form), status

    return carry_out(Deed(do=deed, form=form, show=show))


@bp.get("/admin/personas/solicitudes/<int:solicitud_id>")
@admin_required
def request_detail(solicitud_id: int) -> ResponseReturnValue:
    """One request, with the steps that are left."""
    return _detail(_load(solicitud_id), {}, 200)


@bp.post("/admin/personas/solicitudes/<int:solicitud_id>/identidad")
@admin_required
@fresh_required
def identity(solicitud_id: int) -> ResponseReturnValue:
    """Note how the identity was checked."""
    row, form = _load(solicitud_id), IdentidadForm()
    return _step(
        row,
        "identidad",
        form,
        "Identidad comprobada.",
        lambda: check_identity(row, form.como.data, actor=current_user, now=utcnow()),
    )


@bp.post("/admin/personas/solicitudes/<int:solicitud_id>/prorroga")
@admin_required
def extend(solicitud_id: int) -> ResponseReturnValue:
    """Take the one extension of the term."""
    row, form = _load(solicitud_id), ProrrogaForm()
    return _step(
        row,
        "prorroga",
        form,
        "El plazo se prorrogó.",
        lambda: extend_term(row, form.motivo.data, actor=current_user, now=utcnow()),
    )


@bp.post("/admin/personas/solicitudes/<int:solicitud_id>/decision")
@admin_required
@fresh_required
def decide_request(solicitud_id: int) -> ResponseReturnValue:
    """Answer a request."""
    row, form = _load(solicitud_id), DecisionForm()
    return _step(
        row,
        "decision",
        form,
        "La respuesta quedó guardada; su PDF se compone enseguida.",
        lambda: decide(
            row,
            EstadoSolicitud(form.decision.data),
            form.fundamento.data,
            actor=current_user,
            now=utcnow(),
        ),
    )


@bp.post("/admin/personas/solicitudes/<int:solicitud_id>/derivar")
@admin_required
@fresh_required
def derive(solicitud_id: int) -> ResponseReturnValue:
    """Pass a request on to the law firm that the office works for."""
    row, form = _load(solicitud_id), _derivar_form()
    return _step(
        row,
        "derivar",
        form,
        "La solicitud se envió al buffet.",
        lambda: pass_on(
            row,
            db.session.get_one(Buffet, form.buffet_id.data),
            actor=current_user,
            now=utcnow(),
        ),
    )


@bp.post("/admin/personas/solicitudes/<int:solicitud_id>/entrega")
@admin_required
def deliver(solicitud_id: int) -> ResponseReturnValue:
    """Note that the answer was handed over on paper."""
    row, form = _load(solicitud_id), EntregaForm()
    return _step(
        row,
        "entrega",
        form,
        "La entrega quedó anotada.",
        lambda: note_delivery(row, form.como.data, actor=current_user, now=utcnow()),
    )


@bp.get("/admin/personas/solicitudes/<int:solicitud_id>/respuesta.pdf")
@admin_required
@fresh_file_required
def answer_file(solicitud_id: int) -> Response:
    """The answer as it was given, to the byte."""
    row = _load(solicitud_id)
    body = or_404(row.pdf)
    note_file(f"Bajó la respuesta {row.numero} (PDF)", actor=current_user)
    return send_file(
        BytesIO(body),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{row.numero}.pdf",
    )


@bp.get("/admin/personas/solicitudes/<int:solicitud_id>/datos.json")
@admin_required
@fresh_file_required
def data_file(solicitud_id: int) -> Response:
    """The data that were handed over, as they were."""
    row = _load(solicitud_id)
    body = or_404(row.datos_json)
    note_file(f"Bajó los datos de {row.numero} (JSON)", actor=current_user)
    return send_file(
        BytesIO(body),
        mimetype="application/json",
        as_attachment=True,
        download_name=f"{row.numero}.json",
    )


def _load(solicitud_id: int) -> Solicitud:
    return or_404(db.session.get(Solicitud, solicitud_id))


def _derivar_form(**options: object) -> DerivarForm:
    form = DerivarForm(**options)
    rows = db.session.execute(sa.select(Buffet.id, Buffet.nombre).order_by(Buffet.nombre))
    form.buffet_id.choices = [SelectChoice(key, nombre) for key, nombre in rows]
    return form


def _step(
    row: Solicitud, name: str, form: Form, text: str, verb: Callable[[], object]
) -> ResponseReturnValue:
    solicitud_id = row.id
    url = url_for("titulares.request_detail", solicitud_id=solicitud_id)

    def deed() -> Done:
        verb()
        return Done(text, url)

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _detail(_load(solicitud_id), {name: form}, status),
            back=url,
        )
    )


def _detail(row: Solicitud, forms: dict[str, Form], status: int) -> ResponseReturnValue:
    empty = {
        "identidad": IdentidadForm(formdata=None),
        "prorroga": ProrrogaForm(formdata=None),
        "decision": DecisionForm(formdata=None),
        "derivar": _derivar_form(formdata=None),
        "entrega": EntregaForm(formdata=None),
    }
    decided = row.resuelta_at is not None
    page = render_template(
        "titulares/solicitud.html",
        row=row,
        forms={**empty, **forms},
        left=days_left(row.vence, utcnow()),
        answer=answer_of(row) if decided else [],
    )
    return page, status
