"""The register of breaches of security."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import current_office, text_setting
from app.core.clock import utcnow
from app.core.errors import InvalidValue, Refused
from app.cumplimiento.forms.brechas import (
    BorradoresForm,
    BrechaForm,
    CierreForm,
    ComunicacionForm,
)
from app.cumplimiento.models.brechas import Brecha
from app.cumplimiento.queries.brechas import (
    breaches_statement,
    first_reports,
    list_deeds,
    list_earlier,
    list_reports,
)
from app.cumplimiento.rules.brechas import (
    DestinoBrecha,
    EstadoBrecha,
    elapsed,
    kinds_that_oblige,
    still_owed,
    write_to_agencia,
    write_to_titulares,
)
from app.cumplimiento.service.brechas import (
    close_breach,
    note_report,
    register_breach,
    reopen_breach,
    save_drafts,
    update_breach,
)
from app.db import db
from app.titulares.rules.solicitudes import LAW
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form
from app.web.pagination import paginate

bp = Blueprint("brechas", __name__, url_prefix="/admin/brechas")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """All breaches, with the time since each was known."""
    page = paginate(breaches_statement())
    now = utcnow()
    return render_template(
        "cumplimiento/brechas.html",
        page=page,
        told=first_reports([row.id for row in page.rows]),
        since=lambda row, until=None: elapsed(row.conocida_at, until or now),
    )


@bp.route("/nueva", methods=["GET", "POST"])
@admin_required
def create() -> ResponseReturnValue:
    """Enter a breach into the register."""
    form = BrechaForm()

    def deed() -> Done:
        row = register_breach(form.to_data(), actor=current_user, now=utcnow())
        return Done(f"Quedó registrada como {row.numero}.", _address(row.id))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _form_page(form, None, status),
            beside={InvalidValue: form.conocida},
        )
    )


@bp.get("/<int:brecha_id>")
@admin_required
def detail(brecha_id: int) -> ResponseReturnValue:
    """One breach: what is known, what is owed, the messages, and all that was done."""
    return _detail(_load(brecha_id), {}, 200)


@bp.route("/<int:brecha_id>/editar", methods=["GET", "POST"])
@admin_required
def edit(brecha_id: int) -> ResponseReturnValue:
    """Correct or complete what is known."""
    row = _load(brecha_id)
    form = BrechaForm.of(row)

    def deed() -> Done:
        changed = update_breach(
            row, form.to_data(), form.seen_version, actor=current_user, now=utcnow()
        )
        text = "Cambios guardados." if changed else "No había nada distinto que guardar."
        return Done(text, _address(brecha_id), tone="ok" if changed else "info")

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _form_page(form, _load(brecha_id), status),
            beside={InvalidValue: form.conocida, Refused: form},
            version=lambda: _load(brecha_id).version,
        )
    )


@bp.post("/<int:brecha_id>/borradores")
@admin_required
def drafts(brecha_id: int) -> ResponseReturnValue:
    """Keep the messages as they were edited, or have one written anew from the row."""
    form = BorradoresForm()
    anew = request.form.get("rehacer", "")

    def deed() -> Done:
        row = _load(brecha_id)
        proposed = _proposed(row, _told(row))
        texts = {"agencia": form.agencia.data, "titulares": form.titulares.data}
        # What was not touched goes on following the row.
        kept = {
            name: text if text and name != anew and not _same(text, proposed[name]) else None
            for name, text in texts.items()
        }
        save_drafts(
            row,
            agencia=kept["agencia"],
            titulares=kept["titulares"],
            version=form.seen_version,
            actor=current_user,
            now=utcnow(),
        )
        text = "Borrador rehecho con los datos de la ficha." if anew else "Borradores guardados."
        return Done(text, _address(brecha_id))

    return _step(brecha_id, "borradores", form, deed)


@bp.post("/<int:brecha_id>/comunicaciones")
@admin_required
def report(brecha_id: int) -> ResponseReturnValue:
    """Write down that somebody was told."""
    form = ComunicacionForm()

    def deed() -> Done:
        note_report(_load(brecha_id), form.to_data(), actor=current_user, now=utcnow())
        return Done("Comunicación anotada.", _address(brecha_id))

    return _step(brecha_id, "comunicacion", form, deed)


@bp.post("/<int:brecha_id>/cerrar")
@admin_required
def close(brecha_id: int) -> ResponseReturnValue:
    """Close a breach."""
    form = CierreForm()

    def deed() -> Done:
        row = _load(brecha_id)
        close_breach(
            row,
            form.cierre.data or "",
            although=bool(form.pese_a_todo.data),
            actor=current_user,
            now=utcnow(),
        )
        return Done(f"La brecha {row.numero} quedó cerrada.", _address(brecha_id))

    return _step(brecha_id, "cierre", form, deed)


@bp.post("/<int:brecha_id>/reabrir")
@admin_required
def reopen(brecha_id: int) -> ResponseReturnValue:
    """Open a closed breach again."""

    def deed() -> Done:
        reopen_breach(_load(brecha_id), actor=current_user, now=utcnow())
        return Done("La brecha está abierta otra vez.", _address(brecha_id))

    return carry_out(Deed(do=deed, back=_address(brecha_id)))


def _load(brecha_id: int) -> Brecha:
    return or_404(db.session.get(Brecha, brecha_id))


def _address(brecha_id: int) -> str:
    return url_for("brechas.detail", brecha_id=brecha_id)


def _step(brecha_id: int, name: str, form: Form, deed: Callable[[], Done]) -> ResponseReturnValue:
    _load(brecha_id)
    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _detail(_load(brecha_id), {name: form}, status),
            beside={InvalidValue: form, Refused: form},
            version=lambda: _load(brecha_id).version,
        )
    )


def _told(row: Brecha) -> set[DestinoBrecha]:
    return {each.destino for each in list_reports(row.id)}


def _same(typed: str, proposed: str) -> bool:
    """Whether a text is the proposal, whatever a browser made of its line ends and spaces."""
    return typed.split() == proposed.split()


def _proposed(row: Brecha, told: set[DestinoBrecha]) -> dict[str, str]:
    office = current_office()
    contacto = ", ".join(part for part in (office.email, office.telefono) if part)
    return {
        "agencia": write_to_agencia(
            row, told, oficina=office.nombre, contacto=contacto, ley=text_setting(LAW)
        ),
        "titulares": write_to_titulares(row, oficina=office.nombre, contacto=contacto),
    }


def _form_page(form: BrechaForm, row: Brecha | None, status: int) -> ResponseReturnValue:
    return render_template("cumplimiento/brecha_form.html", form=form, row=row), status


def _detail(row: Brecha, forms: dict[str, Form], status: int) -> ResponseReturnValue:
    reports = list_reports(row.id)
    told = {each.destino for each in reports}
    proposed = _proposed(row, told)
    first = min(
        (each.comunicada_at for each in reports if each.destino is DestinoBrecha.AGENCIA),
        default=None,
    )
    empty: dict[str, Form] = {
        "borradores": BorradoresForm(
            formdata=None,
            agencia=row.mensaje_agencia or proposed["agencia"],
            titulares=row.mensaje_titulares or proposed["titulares"],
            version=row.version,
        ),
        "comunicacion": ComunicacionForm(formdata=None),
        "cierre": CierreForm(formdata=None),
    }
    page = render_template(
        "cumplimiento/brecha.html",
        row=row,
        forms={**empty, **forms},
        is_open=row.estado is not EstadoBrecha.CERRADA,
        reports=reports,
        since=elapsed(row.conocida_at, first or utcnow()),
        first=first,
        kinds=kinds_that_oblige(row),
        owed=still_owed(row, told),
        deeds=list_deeds(row.id),
        earlier=list_earlier(row.id),
        ley=text_setting(LAW),
    )
    return page, status
