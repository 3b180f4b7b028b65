"""The first thing that a case shows, and what is done there without leaving it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.core.clock import local_today, utcnow
from app.oficios.models import Investigacion, Oficio
from app.oficios.pages.resumen_panels import _say_deadline
from app.oficios.rules import Actividad, Estado, Prioridad
from app.oficios.service import DireccionData, PropietarioData
from tests.factories import make_oficio
from tests.oficios.acting import act
from tests.plugins.application import HTMX, assert_fragment

DEBTOR = PropietarioData(nombre="Rosa Soto", rut="76123456-0", telefono="+56912345678")


@pytest.fixture
def case(app, buffet, usuario_investigador):
    place = DireccionData(direccion="Los Aromos 12", comuna="Ñuñoa", region="Metropolitana")
    return make_oficio(app, buffet, usuario_investigador, direccion=place, propietario=DEBTOR)


def test_it_shows_car_debtor_address_and_entries_without_a_click(investigador, case):
    page = investigador.get(f"/oficios/{case.id}").text

    for text in ("Los Aromos 12", "Sin visitar", "Rosa Soto", "Oficio ingresado"):
        assert text in page
    assert "12345678" not in page.partition("case-content")[2], "the telephone stays covered"
    assert "76.123.456" not in page, "and the RUT"


@pytest.mark.parametrize("tipo", [Actividad.NOTA, Actividad.LLAMADA])
def test_a_line_is_written_down_and_the_whole_is_fresh(tipo, investigador, case, rows):
    answer = investigador.post(
        f"/oficios/{case.id}/resumen",
        data={"tipo": tipo.value, "descripcion": "Vuelve el martes"},
        headers=HTMX,
    )

    text = assert_fragment(answer, f"oficio-resumen-{case.id}")
    assert "Vuelve el martes" in text.partition('class="brief"')[2]
    (entry,) = rows(Investigacion, tipo=tipo)
    assert entry.descripcion == "Vuelve el martes"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"tipo": "nota", "descripcion": "  "}, "Escriba qué pasó."),
        ({"tipo": "terreno", "descripcion": "Fui"}, "Fui"),
        ({"tipo": "nota", "descripcion": "x" * 5001}, "x" * 5001),
    ],
)
def test_a_line_that_cannot_be_is_refused_and_kept(data, sentence, investigador, case, rows):
    before = len(rows(Investigacion))
    answer = investigador.post(f"/oficios/{case.id}/resumen", data=data)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(rows(Investigacion)) == before


def test_the_deadline_is_set_taken_away_and_told(investigador, case, rows):
    url = f"/oficios/{case.id}/plazo"
    assert investigador.post(url, data={"vence": "2027-03-15"}).status_code == 303
    assert rows(Oficio)[0].fecha_limite == date(2027, 3, 15)

    refused = investigador.post(url, data={"vence": "31-02-2027"}, follow_redirects=True)
    assert "31-02-2027" in refused.text or "fecha" in refused.text
    assert rows(Oficio)[0].fecha_limite == date(2027, 3, 15), "what is no date changes nothing"

    investigador.post(url, data={"vence": ""})
    assert rows(Oficio)[0].fecha_limite is None
    told = [e.detalle["despues"]["fecha_limite"] for e in rows(Investigacion) if e.detalle]
    assert told == ["2027-03-15", None]


def test_a_deadline_alone_leaves_everything_else_as_it_is(app, investigador, case, rows):
    before = rows(Oficio)[0]
    investigador.post(f"/oficios/{case.id}/plazo", data={"vence": "2027-03-15"})

    after = rows(Oficio)[0]
    same = ("numero_oficio", "rol", "tribunal", "prioridad", "investigador_id", "estado")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "El plazo ya venció."), (0, "El plazo vence hoy."), (40, None), (400000, None)],
)
def test_what_is_said_of_a_deadline(days, said):
    today = date(2026, 11, 30)
    assert _say_deadline(today + timedelta(days=days), today) == said


def test_a_near_deadline_counts_business_days():
    friday = date(2026, 11, 27)
    assert _say_deadline(date(2026, 11, 30), friday) == "El plazo vence en 1 día hábil."
    assert _say_deadline(date(2026, 12, 2), friday) == "El plazo vence en 3 días hábiles."
    assert _say_deadline(date(2026, 12, 3), friday) is None


def test_the_late_comes_before_the_due_and_a_closed_case_is_quiet(
    app, investigador, case, usuario_investigador
):
    def late(oficio, _who):
        oficio.fecha_limite = local_today(utcnow()) - timedelta(days=2)
        oficio.ultima_actividad_at = utcnow() - timedelta(days=9)

    act(app, case, usuario_investigador, late)
    page = investigador.get(f"/oficios/{case.id}").text
    attention = page.partition('class="attention"')[2].partition("</ul>")[0]
    assert attention.index("El plazo ya venció.") < attention.index("9 días sin actividad.")

    def close(oficio, _who):
        oficio.estado = Estado.NO_ENCONTRADO

    act(app, case, usuario_investigador, close)
    assert 'class="attention"' not in investigador.get(f"/oficios/{case.id}").text


def test_an_old_address_with_filters_still_opens_the_bitacora(investigador, case):
    answer = investigador.get(f"/oficios/{case.id}?tipo=nota&tipo=llamada&pagina=2")
    assert answer.headers["Location"] == (
        f"/oficios/{case.id}/bitacora?tipo=nota&tipo=llamada&pagina=2"
    )


def test_one_click_in_the_head_entrusts_the_case_to_oneself(
    investigador, case, usuario_investigador, rows
):
    choices = investigador.get(f"/tablero/oficios/{case.id}/encargo", headers=HTMX).text
    assert "Yo me encargo" in choices
    assert investigador.get(f"/tablero/oficios/{case.id}/encargo").status_code == 303

    home = f"/oficios/{case.id}"
    investigador.post(
        f"/tablero{home}/asignar", data={"investigador": usuario_investigador.id, "volver": home}
    )
    assert rows(Oficio)[0].investigador_id == usuario_investigador.id


def test_an_open_page_asks_for_the_section_and_what_stands_around_it(investigador, case):
    live = investigador.get(f"/oficios/{case.id}/bitacora", headers={**HTMX, "X-Caso": "vivo"}).text

    for part in ("bitacora", "head", "nav", "phone", "warnings"):
        assert f'id="oficio-{part}-{case.id}"' in live


def test_the_head_has_one_loud_action_for_each_state(app, buffet, usuario_admin, investigador):
    said = {}
    for estado in Estado:
        case = make_oficio(app, buffet, usuario_admin, estado=estado, prioridad=Prioridad.ALTA)
        page = investigador.get(f"/oficios/{case.id}").text
        actions = page.partition('class="case-actions"')[2].partition("</header>")[0]
        assert actions.count("btn-primary") == 1, estado
        loud = actions.partition("btn-primary")[2]
        said[estado] = loud.partition("</svg>")[2].partition("</")[0].replace("<span>", "").strip()

    assert said == {
        Estado.PENDIENTE: "¡Ubicado!",  # and «Consultar pórticos» where somebody can be asked
        Estado.INVESTIGACION: "¡Ubicado!",
        Estado.NOTIFICACION: "Notificar al receptor",
        Estado.ENCONTRADO: "Expediente",
        Estado.NO_ENCONTRADO: "Expediente",
    }
