"""Promises by the API and the portal: who is told what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.ajustes.service import set_setting
from app.core.clock import utcnow
from app.db import db, transaction
from app.mensajes.rules import ClaseMensaje
from app.mensajes.service import write_to_buffet
from app.oficios.models import Investigacion, Oficio
from app.promesas.models import Compromiso, Pausa, Promesa
from app.promesas.rules import SHOWN_TO_BUFFET, SituacionPromesa, TipoPromesa
from app.usuarios.models import Usuario
from tests.api.conftest import admin_api, api_of, cliente_api, investigador_api, token_of
from tests.factories import make_oficio
from tests.promesas.rows import make_pause, make_promise

__all__ = ["admin_api", "api_of", "cliente_api", "investigador_api", "token_of"]
SECRET_REASON = "Falta el domicilio del deudor"


@pytest.fixture
def case(app, buffet, usuario_admin):
    """A case that came in a moment ago, with its three promises."""
    make_promise(app, buffet, usuario_admin)
    return make_oficio(app, buffet, usuario_admin)


def press(app, oficio, tipo, *, riesgo: timedelta, vence: timedelta) -> None:
    """Let a promise be at risk and due so long from now."""
    with app.app_context(), transaction():
        row = db.session.query(Compromiso).filter_by(oficio_id=oficio.id, tipo=tipo).one()
        row.riesgo_at, row.vence_at = utcnow() + riesgo, utcnow() + vence


def test_programs_read_and_stop_the_clock_as_people_do(
    admin_api, investigador_api, cliente_api, app, buffet, case, rows
):
    url = f"/oficios/{case.id}"
    standing = investigador_api("GET", f"{url}/promesas").get_json()
    assert [(one["tipo"], one["estado"]) for one in standing] == [
        ("primera_gestion", "en_plazo"),
        ("primer_informe", "en_plazo"),
        ("ubicacion", "en_plazo"),
    ]
    assert 0 < standing[0]["resta_segundos"] <= 8 * 3600
    assert investigador_api("GET", "/oficios/?promesa=vencida").get_json() == []
    press(app, case, TipoPromesa.UBICACION, riesgo=-timedelta(2), vence=-timedelta(1))
    late = investigador_api("GET", "/oficios/?promesa=vencida").get_json()
    assert [one["id"] for one in late] == [case.id]
    assert investigador_api("GET", "/oficios/?promesa=pronto").status_code == 422
    assert cliente_api("GET", "/oficios/?promesa=vencida").status_code == 403

    body = {"motivo": "buffet", "explicacion": SECRET_REASON}
    stopped = investigador_api("POST", f"{url}/pausas", body)
    assert stopped.status_code == 201
    assert stopped.get_json()["hasta"] is None
    assert investigador_api("POST", f"{url}/pausas", body).status_code == 409
    assert investigador_api("POST", f"{url}/pausas", {"motivo": "otro"}).status_code == 422
    assert [one["id"] for one in investigador_api("GET", f"{url}/pausas").get_json()] == [
        rows(Pausa)[0].id
    ]
    assert investigador_api("POST", f"{url}/pausas/reanudar").get_json()["hasta"] is not None
    assert investigador_api("POST", f"{url}/pausas/reanudar").status_code == 409
    told = {"medio": "telefono", "texto": "Se contó el plan."}
    entry = investigador_api("POST", f"{url}/promesas/informe", told)
    assert (
        entry.get_json()["descripcion"] == "Se informó al buffet (por teléfono): Se contó el plan."
    )
    (report,) = rows(Compromiso, oficio_id=case.id, tipo=TipoPromesa.PRIMER_INFORME)
    assert report.situacion is SituacionPromesa.CUMPLIDA

    terms = f"/buffets/{buffet.id}/promesas"
    new = {"desde": "2026-12-01", "plazos": {"ubicacion": {"media": "10 días"}}}
    assert admin_api("POST", terms, new).get_json()["plazos"] == {"ubicacion": {"media": "10 d"}}
    for wrong in ("pronto", "", "0 h"):
        new["plazos"]["ubicacion"]["media"] = wrong
        assert admin_api("POST", terms, new).status_code == 422
    assert admin_api("POST", terms, {**new, "plazos": {"otra": {}}}).status_code == 422
    assert investigador_api("POST", terms, new).status_code == 403
    listed = admin_api("GET", terms).get_json()
    assert [one["desde"] for one in listed] == ["2026-12-01", "2026-01-01"]
    assert len(rows(Promesa)) == 2


def test_a_buffet_sees_its_promises_only_if_the_office_wishes_and_never_why_a_clock_stands(
    app, cliente, cliente_ajeno, cliente_api, case, usuario_admin
):
    make_pause(app, case, usuario_admin)
    page, api = f"/portal/oficios/{case.id}", f"/oficios/{case.id}/promesas"
    hidden = cliente.get(page)
    assert hidden.status_code == 200
    assert "Lo comprometido" not in hidden.text
    assert cliente_api("GET", api).get_json() == []

    with app.app_context(), transaction():
        set_setting(SHOWN_TO_BUFFET.clave, "si")
    shown = cliente.get(page).text
    assert "Lo comprometido" in shown
    assert "Reloj detenido" in shown
    assert SECRET_REASON not in shown
    assert usuario_admin.nombre not in shown
    answered = cliente_api("GET", api)
    assert [one["estado"] for one in answered.get_json()] == ["detenida"] * 3
    assert SECRET_REASON not in answered.text
    for url in (f"/oficios/{case.id}/pausas", f"/buffets/{case.buffet_id}/promesas"):
        assert cliente_api("GET", url).status_code == 403
    assert cliente_ajeno.get(page).status_code == 404
    assert cliente.get(f"/oficios/{case.id}/promesas").status_code == 404


def test_a_message_that_informs_is_a_report_and_a_question_is_none(app, case, usuario_admin, rows):
    def write(clase, text):
        with app.app_context(), transaction():
            write_to_buffet(
                db.session.get_one(Oficio, case.id),
                text,
                clase,
                actor=db.session.get_one(Usuario, usuario_admin.id),
                now=utcnow(),
            )
        (row,) = rows(Compromiso, oficio_id=case.id, tipo=TipoPromesa.PRIMER_INFORME)
        return row.situacion

    assert write(ClaseMensaje.PREGUNTA, "¿Sabe dónde trabaja?") is SituacionPromesa.CORRE
    assert write(ClaseMensaje.INFORMA, "Se visitó el domicilio.") is SituacionPromesa.CUMPLIDA
    assert len(rows(Investigacion, oficio_id=case.id)) == 3
