"""What was written is mended for a quarter of an hour, later corrected, and never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.clock import utcnow
from app.custodia.service import verify
from app.db import db
from app.direcciones.models import Visita
from app.direcciones.rules import ResultadoVisita
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from app.oficios.service import (
    DireccionData,
    EntradaData,
    VisitaData,
    add_direccion,
    add_entry,
    add_visita,
    remove_entry,
)
from tests.factories import make_oficio
from tests.oficios.acting import act
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def url(oficio):
    return f"/oficios/{oficio.id}/bitacora"


@pytest.fixture
def note(app, oficio, usuario_investigador, rows):
    """A note that was written twenty minutes ago."""
    before = utcnow() - timedelta(minutes=20)
    data = EntradaData(Actividad.NOTA, "Vive en Ñuñoa")
    act(app, oficio, usuario_investigador, lambda o, who: add_entry(o, data, actor=who, now=before))
    return rows(Investigacion, tipo=Actividad.NOTA)[0]


def problems(app, oficio):
    with app.app_context():
        return verify(oficio.id).problemas


def test_an_old_entry_is_corrected_by_another_that_points_to_it(
    app, investigador, url, oficio, note, usuario_investigador, rows
):
    correct = f"{url}/{note.id}/corregir"
    assert f'href="{correct}"' in investigador.get(url).text
    form = investigador.get(correct, headers=HTMX)
    assert "Vive en Ñuñoa" in assert_fragment(form, f"oficio-bitacora-{oficio.id}")

    response = investigador.post(correct, data={"descripcion": "Vive en La Reina"})

    assert response.status_code == 303
    corrected, correction = rows(Investigacion, tipo=Actividad.NOTA)
    assert (corrected.descripcion, corrected.editado_at) == ("Vive en Ñuñoa", None)
    assert (correction.descripcion, correction.corrige_id) == ("Vive en La Reina", note.id)
    text = investigador.get(url).text
    assert "Corrige la" in text
    assert f'href="{url}?entrada={note.id}"' in text.partition("Corrige la")[2]
    assert "Ver la corrección" in text.partition(f'id="bitacora-entry-{note.id}"')[2]
    thread = investigador.get(f"{url}?entrada={note.id}").text
    assert "2 entradas calzan" in thread
    assert "Oficio ingresado" not in thread
    assert problems(app, oficio) == []


def test_a_colleague_corrects_and_both_names_are_read(admin, url, note, rows, usuario_admin):
    admin.post(f"{url}/{note.id}/corregir", data={"descripcion": "Se mudó"}, headers=HTMX)

    assert rows(Investigacion, corrige_id=note.id)[0].usuario_id == usuario_admin.id
    text = " ".join(admin.get(url).text.split())
    assert "de Carla Muñoz:" in text
    assert "Ana Vega" in text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_correction_says_something(headers, investigador, url, note, rows):
    response = investigador.post(
        f"{url}/{note.id}/corregir", data={"descripcion": " "}, headers=headers
    )

    assert response.status_code == 422
    assert "Escriba qué pasó" in response.text
    assert rows(Investigacion, corrige_id=note.id) == []


def test_what_a_deed_left_is_not_corrected_by_hand(investigador, url, oficio, rows):
    (entered,) = rows(Investigacion, oficio_id=oficio.id)
    for path in ("", "/corregir"):
        response = investigador.post(f"{url}/{entered.id}{path}", data={"descripcion": "x"})
        assert response.status_code == 409
    assert "Agregue una nota que lo aclare" in response.text
    assert len(rows(Investigacion)) == 1


def test_an_entry_of_another_case_is_not_corrected_here(
    app, investigador, url, note, buffet, usuario_admin, rows
):
    other = make_oficio(app, buffet, usuario_admin)
    response = investigador.post(
        f"/oficios/{other.id}/bitacora/{note.id}/corregir", data={"descripcion": "x"}
    )

    assert response.status_code == 404
    assert rows(Investigacion, corrige_id=note.id) == []
    investigador.post(f"{url}/{note.id}/corregir", data={"descripcion": "x"})
    assert [row.descripcion for row in rows(Investigacion, corrige_id=note.id)] == ["x"]


def test_corrections_are_for_the_firm_alone(cliente, cliente_ajeno, stranger, url, note, rows):
    for client in (cliente, cliente_ajeno, stranger):
        response = client.post(f"{url}/{note.id}/corregir", data={"descripcion": "x"})
        assert response.status_code in {303, 404}
    assert rows(Investigacion, corrige_id=note.id) == []


def test_after_a_quarter_of_an_hour_the_edit_leads_to_a_correction(investigador, url, note):
    response = investigador.get(f"{url}/{note.id}")

    assert response.status_code == 409
    assert "Pasaron más de 15 minutos" in response.text
    assert f'action="{url}/{note.id}/corregir"' in response.text


def test_each_earlier_text_stays_readable_and_sealed(
    app, investigador, url, oficio, usuario_investigador, rows
):
    investigador.post(url, data={"tipo": "nota", "descripcion": "Uno"})
    (note,) = rows(Investigacion, tipo=Actividad.NOTA)
    for text in ("Dos", "Tres"):
        investigador.post(f"{url}/{note.id}", data={"descripcion": text})

    before = investigador.get(url).text.partition("Lo que decía antes")[2].partition("</ul>")[0]
    assert "<del>Uno</del>" in before
    assert "<del>Dos</del>" in before
    assert problems(app, oficio) == []


def test_what_its_author_takes_back_stays_readable_and_is_no_finding(
    app, investigador, url, oficio, usuario_investigador, rows
):
    investigador.post(url, data={"tipo": "nota", "descripcion": "Auto equivocado"})
    (note,) = rows(Investigacion, tipo=Actividad.NOTA)
    act(
        app,
        oficio,
        usuario_investigador,
        lambda _o, who: remove_entry(
            db.session.get_one(Investigacion, note.id), actor=who, now=utcnow()
        ),
    )

    text = investigador.get(url).text
    assert "<del>Auto equivocado</del>" in text
    assert "Retirada" in text
    assert f'href="{url}/{note.id}"' not in text
    assert problems(app, oficio) == []
    for path in ("", "/corregir"):
        late = investigador.post(f"{url}/{note.id}{path}", data={"descripcion": "x"})
        assert late.status_code == 409
        assert "ya fue retirada" in late.text


def test_of_a_visit_only_the_notes_are_edited(
    app, investigador, url, oficio, usuario_investigador, rows
):
    def visit(o, who):
        place = add_direccion(o, DireccionData(direccion="Los Aromos 12"), actor=who, now=utcnow())
        data = VisitaData(ResultadoVisita.SE_MUDO, utcnow(), notas="Dice la vecina")
        add_visita(o, place, data, actor=who, now=utcnow())

    act(app, oficio, usuario_investigador, visit)
    (entry,) = rows(Investigacion, tipo=Actividad.TERRENO)
    edit = f"{url}/{entry.id}"

    assert ">\nDice la vecina</textarea>" in investigador.get(edit).text.replace("\r", "")
    investigador.post(edit, data={"descripcion": "Dice el conserje"})
    assert rows(Investigacion, id=entry.id)[0].descripcion == (
        "Visita a Los Aromos 12: se mudó\nDice el conserje"
    )
    assert rows(Visita)[0].notas == "Dice el conserje"
    assert investigador.post(edit, data={"descripcion": ""}).status_code == 303
    assert rows(Investigacion, id=entry.id)[0].descripcion == "Visita a Los Aromos 12: se mudó"
    assert rows(Visita)[0].notas is None
    assert problems(app, oficio) == []


def test_a_corrected_entry_that_somebody_changes_in_the_database_is_found(
    app, investigador, url, oficio, note
):
    investigador.post(f"{url}/{note.id}/corregir", data={"descripcion": "Se mudó"})
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            db.update(Investigacion)
            .where(Investigacion.corrige_id == note.id)
            .values(corrige_id=None)
        )

    assert any("corrige_id" in problem.texto for problem in problems(app, oficio))
