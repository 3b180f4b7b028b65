"""The addresses of a case and the visits to them."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.dates import format_fecha_hora
from app.core.errors import Refused
from app.direcciones.models import Direccion
from app.oficios.access import oficio_to_work
from app.oficios.forms.direcciones import DireccionForm, VisitaForm
from app.oficios.forms.oficio import comunas_to_choose
from app.oficios.models import Oficio
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section
from app.oficios.queries import load_visits
from app.oficios.service import add_direccion as add
from app.oficios.service import add_visita as visit
from app.oficios.service import place_direccion as place
from app.oficios.service import position_of
from app.oficios.service import update_direccion as update
from app.web.access import or_404, staff_required
from app.web.conditional import conditional
from app.web.deeds import Deed, Done, carry_out


@bp.route("/<int:oficio_id>/direcciones", methods=["GET", "POST"])
@staff_required
@conditional
def direcciones(oficio_id: int) -> ResponseReturnValue:
    """The places of the case; a POST adds one."""
    oficio = oficio_to_work(oficio_id)
    form = DireccionForm()

    def deed() -> Done:
        now = utcnow()
        direccion = add(oficio, form.to_data(), actor=current_user, now=now)
        place(
            oficio, direccion, form.moved_to(None), direccion.version, actor=current_user, now=now
        )
        return Done("Se agregó la dirección.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, form=form),
            fresh=lambda: _fresh(oficio),
        )
    )


@bp.route("/<int:oficio_id>/direcciones/<int:direccion_id>", methods=["GET", "POST"])
@staff_required
def edit_direccion(oficio_id: int, direccion_id: int) -> ResponseReturnValue:
    """Correct an address."""
    oficio = oficio_to_work(oficio_id)
    direccion = _get(oficio, direccion_id)
    form = DireccionForm(obj=direccion)
    return carry_out(
        Deed(
            do=lambda: _store(oficio, direccion, form),
            form=form,
            show=lambda status: _show(
                oficio, status, form=form, editing=direccion, subpage="Corregir una dirección"
            ),
            fresh=lambda: _fresh(oficio),
            version=lambda: direccion.version,
        )
    )


@bp.route("/<int:oficio_id>/direcciones/<int:direccion_id>/visitas", methods=["GET", "POST"])
@staff_required
def add_visita(oficio_id: int, direccion_id: int) -> ResponseReturnValue:
    """Write down a visit; the same form sent twice is one visit."""
    oficio = oficio_to_work(oficio_id)
    direccion = _get(oficio, direccion_id)
    form = VisitaForm(direccion.zona)

    def deed() -> Done:
        visit(oficio, direccion, form.to_data(), actor=current_user, now=utcnow())
        return Done("Se guardó la visita.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(
                oficio, status, visita_form=form, visiting=direccion, subpage="Registrar una visita"
            ),
            fresh=lambda: _fresh(oficio),
            beside={Refused: form.fecha_hora},
        )
    )


def _store(oficio: Oficio, direccion: Direccion, form: DireccionForm) -> Done:
    """Correct what is known of a place, and where it is when somebody moved it.

    Another street has no position yet, unless this form gives it one.
    """
    now = utcnow()
    before = position_of(direccion)
    after = form.moved_to(before)
    update(
        oficio,
        direccion,
        form.to_data(direccion),
        form.version.value,
        actor=current_user,
        now=now,
    )
    if after != before:
        place(oficio, direccion, after, direccion.version, actor=current_user, now=now)
    return Done("Se guardó la dirección.", _url(oficio))


def _get(oficio: Oficio, direccion_id: int) -> Direccion:
    return or_404(next((row for row in oficio.direcciones if row.id == direccion_id), None))


def _show(oficio: Oficio, status: int = 200, **context: Any) -> Response:
    load_visits(oficio)
    return render_section(
        oficio,
        "direcciones",
        "direcciones/_section.html",
        status,
        comunas=comunas_to_choose(),
        points=_points(oficio),
        **context,
    )


def _points(oficio: Oficio) -> list[dict[str, Any]]:
    """What the map shows: the places that have a position, and where each visit was made."""
    places = [
        {
            "lat": row.lat,
            "lon": row.lon,
            "tipo": "direccion",
            "titulo": row.completa,
            "textos": [row.tipo.label, "Verificada" if row.verificada else "Sin verificar"],
            "url": f"#direccion-item-{row.id}",
            "enlace": "Ver en la lista",
            "exactitud_m": row.exactitud_m,
        }
        for row in oficio.direcciones
        if row.lat is not None
    ]
    visits = [
        {
            "lat": visita.lat,
            "lon": visita.lon,
            "tipo": "visita",
            "titulo": f"Visita: {visita.resultado.label.lower()}",
            "textos": [
                row.completa,
                f"{format_fecha_hora(visita.fecha_hora, row.zona)} · {visita.usuario.nombre}",
            ],
            "exactitud_m": visita.exactitud_m,
        }
        for row in oficio.direcciones
        for visita in row.visitas
        if visita.lat is not None
    ]
    return places + visits


def _fresh(oficio: Oficio) -> Response:
    return _show(oficio, form=DireccionForm(formdata=None))


def _url(oficio: Oficio) -> str:
    return url_for("oficios.direcciones", oficio_id=oficio.id)
