"""The admin's pages about law firms and their links."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import current_office
from app.auditoria.pages import note_secret
from app.buffets.forms import BuffetForm, MilestoneForm, PersonalLinkForm
from app.buffets.models import Buffet, Enlace
from app.buffets.queries import (
    buffets_statement,
    current_enlace,
    current_token,
    find_mail_choice,
    list_personal,
)
from app.buffets.rules import make_token
from app.buffets.service import (
    LinkTaken,
    RutTaken,
    add_personal_link,
    create_buffet,
    order_link_mail,
    renew_enlace,
    revoke_enlace,
    revoke_enlaces,
    rotate_enlace,
    rotate_leave_link,
    set_active,
    set_milestone_mails,
    share_enlace,
    update_buffet,
)
from app.core.clock import utcnow
from app.core.phone_numbers import dialable, whatsapp_link
from app.db import db, transaction
from app.extensions import current_config
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.fresh import fresh_required
from app.web.pagination import paginate
from app.web.sentences import tell

bp = Blueprint("buffets", __name__)


def link_life() -> timedelta:
    """How long a new link lives in this installation."""
    return timedelta(days=current_config().link_days)


def link_address(buffet: Buffet) -> str | None:
    """The whole address of a buffet's link, or None when no link of it is usable."""
    token = current_token(buffet, str(current_app.secret_key), utcnow())
    return f"{current_config().base_url}/b/{token}" if token else None


@bp.get("/admin/buffets")
@admin_required
def index() -> ResponseReturnValue:
    """All law firms."""
    return render_template("buffets/index.html", page=paginate(buffets_statement()), now=utcnow())


@bp.route("/admin/buffets/nuevo", methods=["GET", "POST"])
@admin_required
@fresh_required
def create() -> ResponseReturnValue:
    """Register a law firm; its first link is made with it."""
    form = BuffetForm()

    def deed() -> Done:
        buffet = create_buffet(form.to_data(), actor=current_user, now=utcnow(), life=link_life())
        return Done(
            f"{buffet.nombre} quedó registrado con su enlace.",
            url_for("buffets.detail", buffet_id=buffet.id),
            buffet.advertencias,
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _detail_page(form, None, status=status),
            beside={RutTaken: form.rut},
        )
    )


@bp.route("/admin/buffets/<int:buffet_id>", methods=["GET", "POST"])
@admin_required
@fresh_required
def detail(buffet_id: int) -> ResponseReturnValue:
    """A law firm: its data, and the link to its dashboard, which opens it to whoever reads it."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    form = BuffetForm(obj=buffet)

    def deed() -> Done:
        update_buffet(buffet, form.to_data(), actor=current_user, now=utcnow())
        return Done("Cambios guardados.", url_for("buffets.detail", buffet_id=buffet_id))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _detail_page(form, buffet, status=status),
            beside={RutTaken: form.rut},
        )
    )


@bp.post("/admin/buffets/<int:buffet_id>/rotar")
@admin_required
@fresh_required
def rotate(buffet_id: int) -> ResponseReturnValue:
    """Replace the link: the old one stops working at once."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    with transaction():
        rotate_enlace(buffet, actor=current_user, now=utcnow(), life=link_life())
    tell("Enlace nuevo: el anterior dejó de funcionar. Envíe el nuevo al buffet.", "ok")
    return see_other(url_for("buffets.detail", buffet_id=buffet_id))


@bp.post("/admin/buffets/<int:buffet_id>/revocar")
@admin_required
def revoke(buffet_id: int) -> ResponseReturnValue:
    """Take the link away without a new one."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    with transaction():
        revoke_enlaces(buffet, actor=current_user, now=utcnow())
    tell("El enlace dejó de funcionar.", "ok")
    return see_other(url_for("buffets.detail", buffet_id=buffet_id))


@bp.post("/admin/buffets/<int:buffet_id>/enlaces")
@admin_required
@fresh_required
def create_link(buffet_id: int) -> ResponseReturnValue:
    """Give one person of the firm a link of their own."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    form = PersonalLinkForm()

    def deed() -> Done:
        add_personal_link(
            buffet,
            form.etiqueta.data or "",
            form.email.value,
            actor=current_user,
            now=utcnow(),
            life=link_life(),
        )
        return Done(
            f"Enlace creado; se le envía por correo a {form.email.value}.", _page_of(buffet_id)
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _detail_page(
                BuffetForm(formdata=None, obj=buffet), buffet, link_form=form, status=status
            ),
            beside={LinkTaken: form.email},
        )
    )


@bp.post("/admin/buffets/<int:buffet_id>/enlaces/<int:enlace_id>/renovar")
@admin_required
@fresh_required
def renew_link(buffet_id: int, enlace_id: int) -> ResponseReturnValue:
    """Replace the link of one person, and mail them the new one."""
    enlace = _personal_link(buffet_id, enlace_id)
    with transaction():
        now = utcnow()
        renewed = renew_enlace(enlace, actor=current_user, now=now, life=link_life())
        order_link_mail(renewed, now=now)
    tell("Enlace renovado: el anterior dejó de funcionar y el nuevo va por correo.", "ok")
    return see_other(_page_of(buffet_id))


@bp.post("/admin/buffets/<int:buffet_id>/enlaces/<int:enlace_id>/enviar")
@admin_required
def send_link(buffet_id: int, enlace_id: int) -> ResponseReturnValue:
    """Mail the link of one person to them once more."""
    enlace = _personal_link(buffet_id, enlace_id)
    with transaction():
        order_link_mail(enlace, now=utcnow())
    tell(f"El enlace va por correo a {enlace.email}.", "ok")
    return see_other(_page_of(buffet_id))


@bp.post("/admin/buffets/<int:buffet_id>/enlaces/<int:enlace_id>/revocar")
@admin_required
def revoke_link(buffet_id: int, enlace_id: int) -> ResponseReturnValue:
    """Take the link of one person away."""
    enlace = _personal_link(buffet_id, enlace_id)
    with transaction():
        revoke_enlace(enlace, actor=current_user, now=utcnow())
    tell("El enlace dejó de funcionar, y no se puede pedir otra vez.", "ok")
    return see_other(_page_of(buffet_id))


@bp.post("/admin/buffets/<int:buffet_id>/enlaces/<int:enlace_id>/whatsapp")
@admin_required
@fresh_required
def share(buffet_id: int, enlace_id: int) -> ResponseReturnValue:
    """Give a link of a firm with a text around it; a POST, because who got it is written down."""
    enlace = or_404(db.session.get(Enlace, enlace_id))
    or_404(enlace, allowed=enlace.buffet_id == buffet_id)
    with transaction():
        share_enlace(enlace, actor=current_user, now=utcnow())
    token = make_token(enlace.selector, str(current_app.secret_key))
    link = f"{current_config().base_url}/b/{token}"
    # The number is the firm's: whose link it is, they have another.
    telefono = None if enlace.is_personal else dialable(enlace.buffet.telefono)
    texto = f"{current_office().nombre}: los oficios que nos encargó y su avance. Ábralos en {link}"
    html = render_template(
        "buffets/share.html",
        enlace=enlace,
        link=link,
        texto=texto,
        telefono=telefono,
        chat=whatsapp_link(texto, telefono),
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


def _personal_link(buffet_id: int, enlace_id: int) -> Enlace:
    enlace = or_404(db.session.get(Enlace, enlace_id))
    is_theirs = enlace.buffet_id == buffet_id and enlace.is_personal
    return or_404(enlace, allowed=is_theirs and enlace.revocado_at is None)


def _page_of(buffet_id: int) -> str:
    return f"{url_for('buffets.detail', buffet_id=buffet_id)}#enlaces"


@bp.post("/admin/buffets/<int:buffet_id>/correos")
@admin_required
@fresh_required
def milestone_mails(buffet_id: int) -> ResponseReturnValue:
    """Set how a buffet is told of milestones by mail."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    form = MilestoneForm()

    def deed() -> Done:
        set_milestone_mails(buffet, form.modo_hitos.value, actor=current_user, now=utcnow())
        return Done(
            "Guardado: así recibirá el buffet los correos sobre el avance.",
            url_for("buffets.detail", buffet_id=buffet_id),
        )

    def show(status: int) -> ResponseReturnValue:
        return _detail_page(BuffetForm(formdata=None, obj=buffet), buffet, form, status)

    return carry_out(Deed(do=deed, form=form, show=show))


@bp.post("/admin/buffets/<int:buffet_id>/correos/rotar")
@admin_required
def rotate_leave(buffet_id: int) -> ResponseReturnValue:
    """Make the links to leave the mails, in those that were sent, stop working."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    with transaction():
        rotate_leave_link(buffet, actor=current_user, now=utcnow())
    tell("Los enlaces de baja de los correos anteriores dejaron de funcionar.", "ok")
    return see_other(url_for("buffets.detail", buffet_id=buffet_id))


@bp.post("/admin/buffets/<int:buffet_id>/activo")
@admin_required
@fresh_required
def toggle(buffet_id: int) -> ResponseReturnValue:
    """Close a buffet, or bring it back."""
    buffet = or_404(db.session.get(Buffet, buffet_id))
    activo = request.form.get("activo") == "1"
    with transaction():
        set_active(buffet, activo=activo, actor=current_user, now=utcnow())
    tell("Buffet activado." if activo else "Buffet desactivado: su enlace no abre nada.", "ok")
    return see_other(url_for("buffets.detail", buffet_id=buffet_id))


def _detail_page(
    form: BuffetForm,
    buffet: Buffet | None,
    milestones: MilestoneForm | None = None,
    status: int = 200,
    *,
    link_form: PersonalLinkForm | None = None,
) -> ResponseReturnValue:
    link = link_address(buffet) if buffet else None
    page = render_template(
        "buffets/detail.html",
        form=form,
        buffet=buffet,
        milestones=milestones or MilestoneForm(formdata=None, obj=buffet),
        link=link,
        enlace=current_enlace(buffet, utcnow()) if buffet else None,
        mail_choice=find_mail_choice(buffet.id) if buffet else None,
        personal=list_personal(buffet) if buffet else [],
        link_form=link_form or PersonalLinkForm(formdata=None),
        now=utcnow(),
    )
    if buffet is not None and link is not None:
        note_secret(
            f"Enlace al tablero de {buffet.nombre}", actor=current_user, buffet_id=buffet.id
        )
    return page, status
