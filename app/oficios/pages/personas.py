"""The people of a case."""

from __future__ import annotations

from typing import Any

from flask import Response, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.db import transaction
from app.oficios.access import oficio_to_work
from app.oficios.forms.personas import PersonaForm
from app.oficios.models import Oficio, Propietario
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section
from app.oficios.service import add_persona as add
from app.oficios.service import remove_persona as remove
from app.oficios.service import reveal_persona as reveal
from app.oficios.service import update_persona as update
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_htmx, is_read, see_other

#: Session key: id of the person whose data the next page shows once.
_SHOWN = "persona_mostrada"


@bp.route("/<int:oficio_id>/personas", methods=["GET", "POST"])
@staff_required
def personas(oficio_id: int) -> ResponseReturnValue:
    """Who the case is about; a POST adds somebody."""
    oficio = oficio_to_work(oficio_id)
    form = PersonaForm()
    if is_read():
        return _show(oficio, form=form, shown=session.pop(_SHOWN, None))

    def deed() -> Done:
        add(oficio, form.to_data(), actor=current_user, now=utcnow())
        return Done("Se agregó la persona.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, form=form),
            fresh=lambda: _fresh(oficio),
        )
    )


@bp.route("/<int:oficio_id>/personas/<int:persona_id>", methods=["GET", "POST"])
@staff_required
def edit_persona(oficio_id: int, persona_id: int) -> ResponseReturnValue:
    """Correct a person."""
    oficio = oficio_to_work(oficio_id)
    persona = or_404(_find(oficio, persona_id))
    form = PersonaForm(obj=persona)
    # The form shows what the list masks; the answer to a HEAD shows nothing.
    if is_read() and request.method != "HEAD":
        with transaction():
            reveal(oficio, persona, "editar", actor=current_user, now=utcnow())

    def deed() -> Done:
        update(oficio, persona, form.to_data(), actor=current_user, now=utcnow())
        return Done("Se guardaron los datos de la persona.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(
                oficio, status, form=form, editing=persona, subpage="Corregir a una persona"
            ),
            fresh=lambda: _fresh(oficio),
        )
    )


@bp.post("/<int:oficio_id>/personas/<int:persona_id>/quitar")
@staff_required
def remove_persona(oficio_id: int, persona_id: int) -> ResponseReturnValue:
    """Take a person out of the case; sent twice, it says that it is done."""
    oficio = oficio_to_work(oficio_id)

    def deed() -> Done:
        persona = _find(oficio, persona_id)
        if persona is not None:
            remove(oficio, persona, actor=current_user, now=utcnow())
        return Done("Esa persona ya no está en el caso.", _url(oficio))

    return carry_out(Deed(do=deed, fresh=lambda: _fresh(oficio), back=_url(oficio)))


@bp.post("/<int:oficio_id>/personas/<int:persona_id>/mostrar")
@staff_required
def show_persona(oficio_id: int, persona_id: int) -> ResponseReturnValue:
    """Show a person's RUT and contacts once, and write down who asked for them.

    Without HTMX the next page shows them: what is asked for by a POST is not repeated by reloading.
    """
    oficio = oficio_to_work(oficio_id)
    persona = or_404(_find(oficio, persona_id))
    with transaction():
        reveal(oficio, persona, "mostrar", actor=current_user, now=utcnow())
    if is_htmx():
        return _show(oficio, form=PersonaForm(formdata=None), shown=persona.id)
    session[_SHOWN] = persona.id
    return see_other(_url(oficio))


def _find(oficio: Oficio, persona_id: int) -> Propietario | None:
    return next((persona for persona in oficio.propietarios if persona.id == persona_id), None)


def _show(oficio: Oficio, status: int = 200, **context: Any) -> Response:
    return render_section(oficio, "personas", "oficios/_personas.html", status, **context)


def _fresh(oficio: Oficio) -> Response:
    return _show(oficio, form=PersonaForm(formdata=None))


def _url(oficio: Oficio) -> str:
    return url_for("oficios.personas", oficio_id=oficio.id)
