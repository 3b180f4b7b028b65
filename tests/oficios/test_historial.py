"""*Historial*: everything that was ever changed in a case, with who, when, before and after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.clock import utcnow
from app.direcciones.rules import ResultadoVisita
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado, Prioridad
from app.oficios.service import (
    DireccionData,
    EntradaData,
    Move,
    OficioData,
    PropietarioData,
    VehiculoData,
    VisitaData,
    add_direccion,
    add_entry,
    add_persona,
    add_visita,
    assign_oficio,
    correct_entry,
    edit_entry,
    move_oficio,
    prioritise_oficio,
    record,
    remove_direccion,
    update_direccion,
    update_oficio,
    update_persona,
    update_vehiculo,
)
from tests.adjuntos.files import make_adjunto
from tests.oficios.acting import act
from tests.plugins.application import HTMX, assert_fragment

NOW = datetime(2026, 10, 5, 15, tzinfo=UTC)


@pytest.fixture
def url(oficio):
    return f"/oficios/{oficio.id}/historial"


def table(response):
    """The rows of the answer, each as one line of text, newest first."""
    body = response.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(row.split()) for row in body.split("<tr>")[1:]]


def change_everything(o: Oficio, who) -> None:
    """One change of each part, a day apart."""
    days = iter(range(1, 30))

    def then():
        return {"actor": who, "now": NOW + timedelta(days=next(days))}

    number = o.numero_oficio
    update_oficio(
        o, OficioData(numero_oficio=number, fecha_limite=date(2026, 12, 31)), o.version, **then()
    )
    prioritise_oficio(o, Prioridad.ALTA, **then())
    assign_oficio(o, who, **then())
    update_vehiculo(
        o, VehiculoData(patente="GGZL12", patente_dv="1", marca="Kia"), o.version, **then()
    )
    rosa = add_persona(o, PropietarioData(nombre="Rosa", rut="76123456-0"), **then())
    update_persona(o, rosa, PropietarioData(nombre="Rosa Soto", rut="12345678-5"), **then())
    place = add_direccion(o, DireccionData(direccion="Los Aromos 12"), **then())
    moved = DireccionData(direccion="Los Aromos 14", comuna="Arica")
    update_direccion(o, place, moved, place.version, **then())
    add_visita(o, place, VisitaData(ResultadoVisita.OTRO, NOW), **then())
    gone = add_direccion(o, DireccionData(direccion="Otra 1", notas="Portón azul"), **then())
    remove_direccion(o, gone, **then())
    move_oficio(o, Move(Estado.INVESTIGACION, o.version), **then())
    first = then()
    note = add_entry(o, EntradaData(Actividad.NOTA, "Uno"), **first)
    edit_entry(note, "Dos", actor=who, now=first["now"] + timedelta(minutes=3))
    correct_entry(o, note, "Tres", **then())
    record(o, Actividad.SISTEMA, "Avistamiento corregido", **then())
    record(o, Actividad.ADJUNTO, "Elimina la foto «a.jpg»", **then())
    record(o, Actividad.NOTIFICACION, "Aviso enviado", **then())
    add_entry(o, EntradaData(Actividad.LLAMADA, "Una llamada cualquiera"), **then())


@pytest.fixture
def changed(app, oficio, usuario_admin):
    act(app, oficio, usuario_admin, change_everything)


EXPECTED = {
    "oficio": ["Fecha límite: <del>vacío</del> → <ins>31-12-2026</ins>", "<del>Media</del>"],
    "asignacion": ["Investigador: <del>vacío</del> → <ins>Ana Vega</ins>"],
    "vehiculo": ["Patente: <del>BB·CL·12</del> → <ins>GG·ZL·12</ins>"],
    "persona": ["RUT: <del>76.•••.•••-•</del> → <ins>12.•••.•••-•</ins>", "Persona agregada: Rosa"],
    "direccion": [
        "Dirección: <del>Los Aromos 12</del> → <ins>Los Aromos 14</ins>",
        "Visita a Los Aromos 14, Arica",
        "Notas: <del>Portón azul</del>",
        "Dirección quitada: Otra 1",
    ],
    "estado": ["Pasa a Investigación"],
    "bitacora": ['<del class="timeline-text">Uno</del>', "Tres"],
    "adjunto": ["Elimina la foto"],
    "notificacion": ["Aviso enviado"],
    "otro": ["Avistamiento corregido", "Oficio ingresado"],
}


@pytest.mark.usefixtures("changed")
def test_every_change_is_there_with_before_and_after(investigador, url, oficio):
    response = investigador.get(url)
    rows = table(response)

    for texts in EXPECTED.values():
        for text in texts:
            assert any(text in row for row in rows), text
    assert not any("Una llamada cualquiera" in row for row in rows), "nothing was changed by it"
    assert any("Ana Vega" in row and "06-10-2026" in row for row in rows)
    assert "Oficio ingresado" in rows[-1] or "Oficio ingresado" in rows[0]
    assert_fragment(investigador.get(url, headers=HTMX), f"oficio-historial-{oficio.id}")


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize("ambito", EXPECTED)
def test_a_topic_shows_its_changes_and_no_others(ambito, investigador, url):
    rows = table(investigador.get(f"{url}?ambito={ambito}"))

    for topic, texts in EXPECTED.items():
        for text in texts:
            found = any(text in row for row in rows)
            assert found is (topic == ambito), (topic, text)


@pytest.mark.usefixtures("changed")
def test_topics_add_up_and_stay_in_the_address(investigador, url):
    response = investigador.get(f"{url}?ambito=estado&ambito=vehiculo&ambito=inventado")

    assert len(table(response)) == 2
    assert f'href="{url}?ambito=estado&amp;ambito=vehiculo&amp;ambito=persona"' in response.text
    assert '<input type="hidden" name="ambito" value="estado">' in response.text


@pytest.mark.usefixtures("changed")
def test_days_and_people_narrow_it(app, investigador, url, oficio, usuario_admin, rows):
    one_day = table(investigador.get(f"{url}?desde=07-10-2026&hasta=07-10-2026"))
    assert len(one_day) == 1
    assert "Prioridad" in one_day[0]
    assert len(table(investigador.get(f"{url}?quien={usuario_admin.id}"))) >= 15
    assert table(investigador.get(f"{url}?quien=0")) == []
    bad = investigador.get(f"{url}?desde=31-02-2026&quien=77777")
    assert "no existe" in bad.text
    assert len(table(bad)) == len(table(investigador.get(url)))


def test_it_comes_in_pages(app, investigador, url, oficio, usuario_admin):
    def write(o, who):
        for number in range(60):
            at = utcnow() - timedelta(days=30) + timedelta(minutes=number)
            record(o, Actividad.SISTEMA, f"Cambio {number:02}.", actor=who, now=at)

    act(app, oficio, usuario_admin, write)
    first, second = investigador.get(url), investigador.get(f"{url}?pagina=2")

    assert len(table(first)) == 50
    assert f'href="{url}?pagina=2"' in first.text
    assert len(table(second)) == 11
    assert "Cambio 00." in table(second)[-1]
    assert "No hay cambios que calcen" in investigador.get(f"{url}?ambito=vehiculo").text


def test_the_history_is_for_the_firm_alone(
    admin, investigador, cliente, cliente_ajeno, stranger, url
):
    assert admin.get(url).status_code == investigador.get(url).status_code == 200
    assert cliente.get(url).status_code == cliente_ajeno.get(url).status_code == 404
    assert stranger.get(url).headers["Location"].startswith("/entrar")


def test_deeds_that_only_the_audit_keeps_are_told_by_their_topic(
    app, admin, investigador, url, oficio, usuario_admin
):
    photo = make_adjunto(app, oficio, usuario_admin)
    base = f"/oficios/{oficio.id}/fotos/{photo.id}"
    assert admin.post(f"{base}/portada").status_code == 303
    assert admin.post(f"{base}/orden", data={"hacia": "despues"}).status_code == 303
    with admin.post(f"/adjuntos/{photo.id}/original") as original:
        assert original.status_code == 200

    files = " ".join(table(investigador.get(f"{url}?ambito=adjunto")))
    assert "Eligió otra foto de portada." in files
    assert "Cambió el orden de los archivos." in files
    assert "Descargó el original" not in files
    access = table(investigador.get(f"{url}?ambito=acceso"))
    assert len(access) == 1
    assert "Descargó el original de un archivo." in access[0]
    assert "Ana Vega" in access[0]
