"""The printed appendix brings the proof of what is anchored, and stays short for a long chain."""

from __future__ import annotations

from datetime import timedelta

from app.anclaje.models import Ancla
from app.anclaje.service import anchor
from app.core.clock import utcnow
from app.db import transaction
from app.informes.queries import printed_chain
from app.oficios.rules import Actividad
from app.oficios.service import EntradaData, add_entry
from tests.informes.expedientes import make_stub
from tests.oficios.acting import act


def note(app, oficio, who):
    act(
        app,
        oficio,
        who,
        lambda o, usuario: add_entry(
            o, EntradaData(Actividad.NOTA, "Vive en Ñuñoa"), actor=usuario, now=utcnow()
        ),
    )


def pass_night(app, days=1):
    with app.app_context(), transaction():
        anchor(utcnow() + timedelta(days=days))


def test_the_pdf_prints_the_proof_or_says_where_it_will_be(
    app, oficio, usuario_investigador, printed, rows
):
    note(app, oficio, usuario_investigador)
    _, text = printed()
    assert "La cadena todavía no está anclada." in text

    pass_night(app)
    _, text = printed()
    assert "la cadena estaba anclada en la noche del" in text
    assert "La prueba de lo que sigue viene en el ZIP" in text
    assert rows(Ancla)[0].raiz in text.replace(" ", "")


def test_a_kind_with_many_links_is_told_by_its_number(
    app, oficio, usuario_investigador, printed, monkeypatch
):
    monkeypatch.setattr(printed_chain, "_PRINTED_OF_A_KIND", 3)
    for _ in range(4):
        note(app, oficio, usuario_investigador)

    _, text = printed()

    assert "Entrada de la bitácora: " in text
    assert "Entrada de la bitácora n.º" not in text
    assert "El ZIP trae cada uno" in text


def test_each_expediente_says_whether_it_is_anchored(
    app, investigador, oficio, usuario_investigador
):
    make_stub(app, oficio, usuario_investigador)
    url = f"/oficios/{oficio.id}/expediente"
    assert "Todavía no anclado" in investigador.get(url).get_data(as_text=True)

    pass_night(app)

    text = investigador.get(url).get_data(as_text=True)
    assert "Anclado en la noche del" in text
    assert "Todavía no anclado" not in text
