"""The section of sightings: the list, the check that fills it, and sightings by hand."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.avistamientos.rules.crossings import Crossing
from app.avistamientos.service import AvistamientoData, add_sighting, edit_sighting
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.usuarios.models import Usuario
from app.usuarios.rules.guessing import ATTEMPTS_JOB
from tests.avistamientos.rows import an_answer, make_check, make_sighting, store
from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment

CROSSING = Crossing(
    fecha=date(2026, 11, 20),
    fecha_hora=datetime(2026, 11, 20, 11, 15, tzinfo=UTC),
    ubicacion="Costanera Norte, pórtico P5",
    empresa="Costanera Norte",
    monto=1980,
)
FIELDS = {"fuente": "terreno", "fecha": "2026-11-20", "hora": "18:40", "ubicacion": "Pasaje Uno 12"}


def section_url(oficio) -> str:
    return f"/oficios/{oficio.id}/avistamientos"


WHY = {"motivo": "Búsqueda del vehículo"}


def check_url(oficio) -> str:
    return f"/oficios/{oficio.id}/consultar"


def polls(html: str) -> bool:
    return 'hx-trigger="every' in html


def settle(app, estado: EstadoTrabajo, **values) -> None:
    """End the only check as a worker would."""
    with app.app_context(), transaction():
        job = db.session.query(Trabajo).one()
        job.estado = estado
        for name, value in values.items():
            setattr(job, name, value)


# ------------------------------------------------------------------ who


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_cliente_sees_no_raw_sightings_not_even_its_own(
    method, cliente, cliente_ajeno, oficio, rows
):
    for client in (cliente, cliente_ajeno):
        assert getattr(client, method)(section_url(oficio), data=FIELDS).status_code == 404
        assert client.post(check_url(oficio)).status_code == 404
    assert rows(Avistamiento) == []
    assert {row.tipo for row in rows(Trabajo)} <= {ATTEMPTS_JOB}


def test_a_stranger_is_sent_to_the_door(stranger, oficio):
    assert "/entrar" in stranger.get(section_url(oficio)).headers["Location"]


def test_a_sighting_or_an_answer_of_another_oficio_is_not_there(
    app, investigador, usuario_investigador, buffet, oficio
):
    other = make_oficio(app, buffet, usuario_investigador)
    sighting = make_sighting(app, other, usuario_investigador)
    entry = make_check(app, other, [CROSSING])

    assert investigador.get(f"{section_url(oficio)}/{sighting}").status_code == 404
    assert investigador.get(f"/oficios/{oficio.id}/consultas/{entry}").status_code == 404
    assert investigador.get(f"/oficios/{other.id}/consultas/{entry}").status_code == 200


# ------------------------------------------------------------------ the list


def test_the_section_is_a_page_and_a_fragment(investigador, oficio):
    page = investigador.get(section_url(oficio))
    assert page.status_code == 200
    assert "<html" in page.text
    assert "Todavía no hay avistamientos" in page.text

    assert_fragment(
        investigador.get(section_url(oficio), headers=HTMX), f"oficio-avistamientos-{oficio.id}"
    )


def test_sightings_are_listed_newest_first_and_an_unknown_hour_closes_its_day(
    app, investigador, usuario_investigador, oficio
):
    day = date(2026, 11, 20)
    crossing = {"fecha": day, "empresa": "CN"}
    store(
        app,
        oficio,
        an_answer(
            [
                Crossing(**crossing, ubicacion="sin-hora"),
                Crossing(**crossing, fecha_hora=datetime(2026, 11, 20, 11, tzinfo=UTC), monto=1),
                Crossing(fecha=date(2026, 11, 21), ubicacion="mas-nuevo"),
                Crossing(**crossing, fecha_hora=datetime(2026, 11, 20, 22, tzinfo=UTC), monto=2),
            ]
        ),
    )

    text = investigador.get(section_url(oficio)).text

    order = [text.index(mark) for mark in ("mas-nuevo", "$2<", "$1<", "sin-hora")]
    assert order == sorted(order)
    assert "20-11-2026 19:00" in text


def test_a_row_shows_what_the_provider_said_and_links_its_proof(app, investigador, oficio):
    entry = make_check(app, oficio, [CROSSING])

    text = investigador.get(section_url(oficio)).text

    for shown in ("20-11-2026 08:15", "Costanera Norte, pórtico P5", "$1.980", "Pórtico"):
        assert shown in text
    assert f"/oficios/{oficio.id}/consultas/{entry}" in text
    assert "Simulado" not in text


def test_simulated_sightings_say_so(app, investigador, oficio, demo_database):
    store(app, oficio, an_answer([CROSSING], is_demo=True))

    assert "Simulado" in investigador.get(section_url(oficio)).text


def test_what_a_provider_writes_is_shown_as_text(app, investigador, oficio):
    evil = "<script>alert(1)</script>"
    store(
        app,
        oficio,
        an_answer([Crossing(fecha=date(2026, 11, 1), ubicacion=evil, empresa=evil)], evil),
    )
    entry = make_check(app, oficio)

    for url in (section_url(oficio), f"/oficios/{oficio.id}/consultas/{entry - 1}"):
        page = investigador.get(url)
        assert page.status_code == 200
        assert evil not in page.text
        assert "&lt;script&gt;" in page.text


def test_an_answer_is_shown_with_its_moment_status_and_hash(app, investigador, oficio):
    answer = an_answer([CROSSING], '{"avistamientos": [{"ñ": 1}]}', omitted=("dato 2: raro",))
    store(app, oficio, answer)
    entry = make_check(app, oficio) - 1

    text = investigador.get(f"/oficios/{oficio.id}/consultas/{entry}").text

    assert answer.sha256 in text
    assert "{&#34;avistamientos&#34;: [{&#34;ñ&#34;: 1}]}" in text
    assert "dato 2: raro" in text
    assert "200" in text


def test_a_failed_check_has_no_answer_to_show(
    app, investigador, oficio, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", status=404)
    clock.now = utcnow() + timedelta(seconds=1)
    investigador.post(check_url(oficio), data=WHY)
    run_jobs()
    (entry,) = rows(Investigacion, tipo=Actividad.CONSULTA_API)

    text = investigador.get(f"/oficios/{oficio.id}/consultas/{entry.id}").text

    assert "No hay una respuesta guardada" in text


def test_long_lists_have_pages(app, investigador, oficio):
    first = datetime(2026, 10, 1, 12, tzinfo=UTC)
    many = [
        Crossing(fecha=(first + timedelta(hours=n)).date(), fecha_hora=first + timedelta(hours=n))
        for n in range(60)
    ]
    store(app, oficio, an_answer(many))

    one = investigador.get(section_url(oficio)).text
    two = investigador.get(section_url(oficio) + "?pagina=2").text

    assert (one.count("avistamiento-row-"), two.count("avistamiento-row-")) == (50, 10)


def test_the_second_page_stays_while_a_check_is_open_and_is_found_after_a_form(
    app, investigador, oficio, provider, silent_bell
):
    store(app, oficio, an_answer([Crossing(fecha=date(2026, 9, 1 + n % 30)) for n in range(60)]))

    asked = investigador.post(check_url(oficio), data=WHY, headers=HTMX).text
    two = investigador.get(section_url(oficio) + "?pagina=2&fuente=portico", headers=HTMX).text

    (following,) = re.findall(r'rel="next"\s+href="([^"]+)"', asked)
    assert following == f"{section_url(oficio)}?pagina=2"
    assert investigador.get(following).text.count("avistamiento-row-") == 10
    (poll,) = re.findall(r'hx-get="([^"]*espera=1[^"]*)"', two)
    poll = poll.replace("&amp;", "&")
    assert "pagina=2" in poll
    assert "fuente=portico" in poll
    assert investigador.get(poll, headers=HTMX).text.count("avistamiento-row-") == 10


def test_choosing_a_filter_changes_what_an_open_check_asks_for(
    app, investigador, usuario_investigador, oficio
):
    make_sighting(app, oficio, usuario_investigador)

    text = investigador.get(section_url(oficio), headers=HTMX).text

    form = re.search(r'<form class="card-body filter-row".*?>', text, re.DOTALL)
    assert form
    assert f'hx-select-oob="#avistamientos-status-{oficio.id}"' in form[0]


# ------------------------------------------------------------------ checking


def test_a_click_without_javascript_goes_to_the_section(
    investigador, oficio, provider, silent_bell, rows
):
    response = investigador.post(check_url(oficio), data=WHY)

    assert response.status_code == 303
    assert response.headers["Location"].endswith(section_url(oficio))
    page = investigador.get(section_url(oficio)).text
    assert "Consulta en curso" in page
    assert len(rows(Trabajo)) == 1


def test_a_click_with_htmx_answers_with_a_section_that_asks_for_itself(
    app, investigador, oficio, provider, silent_bell, run_jobs, clock
):
    provider.answer("/porticos/", body={"avistamientos": [{"fecha_hora": "2026-11-20T08:15:00"}]})

    html = assert_fragment(
        investigador.post(check_url(oficio), data=WHY, headers=HTMX),
        f"oficio-avistamientos-{oficio.id}",
    )
    assert "Consulta en curso" in html
    assert 'hx-trigger="every 2s"' in html
    (poll,) = re.findall(r'hx-get="([^"]*espera=1)"', html)
    assert polls(investigador.get(poll, headers=HTMX).text)

    clock.now = utcnow() + timedelta(seconds=1)
    run_jobs()

    done = investigador.get(poll, headers=HTMX)
    assert not polls(done.text)
    assert "20-11-2026 08:15" in done.text
    assert f'id="avistamientos-list-{oficio.id}"' in done.text
    assert "1 avistamiento nuevo" in done.headers["HX-Trigger"]
    # The counts beside the section come along.
    assert f'id="oficio-nav-{oficio.id}"' in done.text


def test_a_check_that_waits_its_turn_is_looked_at_less_often(
    app, investigador, oficio, silent_bell
):
    investigador.post(check_url(oficio), data=WHY)
    settle(
        app,
        EstadoTrabajo.PROGRAMADO,
        intentos=2,
        error="El proveedor de pórticos falló (respondió 500).",
        ejecutar_desde=utcnow() + timedelta(minutes=2),
    )

    html = investigador.get(section_url(oficio), headers=HTMX).text

    assert 'hx-trigger="every 10s"' in html
    assert "El intento 2 de 4 falló" in html
    assert "respondió 500" in html


def test_a_check_that_waits_for_the_quota_says_so(app, investigador, oficio, silent_bell):
    investigador.post(check_url(oficio), data=WHY)
    settle(app, EstadoTrabajo.PROGRAMADO, ejecutar_desde=utcnow() + timedelta(seconds=5))

    assert "espera su turno" in investigador.get(section_url(oficio), headers=HTMX).text


def test_a_failed_check_shows_its_cause_and_what_to_do(app, investigador, oficio, silent_bell):
    investigador.post(check_url(oficio), data=WHY)
    settle(app, EstadoTrabajo.FALLIDO, error="La fuente está caída.")

    response = investigador.get(section_url(oficio) + "?espera=1", headers=HTMX)

    assert "La última consulta falló" in response.text
    assert "La fuente está caída." in response.text
    assert "para intentarlo otra vez" in response.text
    assert not polls(response.text)
    assert '"tipo": "error"' in response.headers["HX-Trigger"]


def test_waiting_for_a_check_that_nobody_asked_for_is_just_the_section(investigador, oficio):
    response = investigador.get(section_url(oficio) + "?espera=1", headers=HTMX)

    assert response.status_code == 200
    assert "HX-Trigger" not in response.headers


def test_a_closed_case_says_why_it_is_not_checked(app, buffet, admin, usuario_admin, rows):
    oficio = make_oficio(app, buffet, usuario_admin, estado=Estado.ENCONTRADO)

    refused = admin.post(check_url(oficio))

    assert refused.status_code == 409
    assert "El caso está cerrado" in refused.text
    assert rows(Trabajo) == []
    page = admin.get(section_url(oficio), headers=HTMX).text
    assert "Consultar pórticos" not in page


def test_without_a_provider_the_section_says_so(investigador, oficio, provider, configure):
    assert "API no configurada" not in investigador.get(section_url(oficio)).text

    configure(provider_api_key="")

    assert "API no configurada" in investigador.get(section_url(oficio)).text


# ------------------------------------------------------------------ by hand


def test_a_sighting_is_written_down_and_told_in_the_bitacora(
    investigador, usuario_investigador, oficio, rows
):
    response = investigador.post(
        section_url(oficio), data=FIELDS | {"monto": "$1.500", "notas": "Lo vio\nel conserje"}
    )

    assert response.status_code == 303
    (row,) = rows(Avistamiento)
    assert row.fuente is Fuente.TERRENO
    assert row.fecha_hora == datetime(2026, 11, 20, 21, 40, tzinfo=UTC)
    assert (row.monto, row.notas) == (1500, "Lo vio\nel conserje")
    assert row.usuario_id == usuario_investigador.id
    assert not row.simulado
    (entry,) = rows(Investigacion, tipo=Actividad.TERRENO)
    assert entry.descripcion == "Avistamiento anotado (terreno): 20-11-2026 18:40 · Pasaje Uno 12"


def test_with_htmx_the_section_comes_back(investigador, oficio):
    response = investigador.post(section_url(oficio), data=FIELDS, headers=HTMX)

    html = assert_fragment(response, f"oficio-avistamientos-{oficio.id}")
    assert "Pasaje Uno 12" in html
    assert "HX-Trigger" in response.headers


def test_the_hour_may_be_unknown(investigador, oficio, rows):
    investigador.post(section_url(oficio), data=FIELDS | {"hora": ""})

    (row,) = rows(Avistamiento)
    assert row.fecha == date(2026, 11, 20)
    assert row.fecha_hora is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fecha": ""}, "Escriba qué día"),
        ({"fecha": "31-02-2026"}, "no existe"),
        ({"fecha": "2026-11-20", "hora": "25:00"}, "Escriba la hora en 24 horas"),
        ({"fecha": "2099-01-01"}, "todavía no llegan"),
        ({"monto": "mucho"}, "no es un monto"),
        ({"fuente": "portico"}, "Elija una de las opciones"),
        ({"fuente": "xx"}, "Elija una de las opciones"),
        ({"ubicacion": "x" * 201}, "No puede tener más de 200"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_bad_input_keeps_what_was_typed(change, says, headers, investigador, oficio, rows):
    response = investigador.post(
        section_url(oficio), data=FIELDS | {"empresa": "Muni «Ñ»"} | change, headers=headers
    )

    assert response.status_code == 422
    assert says in response.text
    assert "Muni «Ñ»" in response.text
    assert rows(Avistamiento) == []


def test_the_same_sighting_twice_is_refused(investigador, oficio, rows):
    investigador.post(section_url(oficio), data=FIELDS)

    again = investigador.post(section_url(oficio), data=FIELDS)

    assert again.status_code == 422
    assert "ya está anotado" in again.text
    assert len(rows(Avistamiento)) == 1


def open_form(client, oficio, pk: int) -> dict[str, str]:
    """What the form of a sighting holds when it is opened."""
    text = client.get(f"{section_url(oficio)}/{pk}").text
    (seal,) = re.findall(r'name="sello"[^>]*value="([^"]+)"', text)
    return FIELDS | {"sello": seal}


def test_a_sighting_is_corrected_and_the_bitacora_keeps_what_it_was(
    app, investigador, usuario_investigador, oficio, rows
):
    pk = make_sighting(app, oficio, usuario_investigador, fecha=date(2026, 11, 2))
    data = open_form(investigador, oficio, pk)

    response = investigador.post(f"{section_url(oficio)}/{pk}", data=data)

    assert response.status_code == 303
    assert rows(Avistamiento)[0].ubicacion == "Pasaje Uno 12"
    entry = rows(Investigacion)[-1]
    assert entry.descripcion.startswith("Avistamiento corregido")
    assert entry.detalle["antes"] == "02-11-2026 · Pasaje 1"


def test_saving_without_a_change_tells_nothing(
    app, investigador, usuario_investigador, oficio, rows
):
    pk = make_sighting(app, oficio, usuario_investigador)
    data = open_form(investigador, oficio, pk)
    data |= {"fecha": "2026-11-02", "hora": "", "ubicacion": "Pasaje 1"}
    before = len(rows(Investigacion))

    assert investigador.post(f"{section_url(oficio)}/{pk}", data=data).status_code == 303
    assert len(rows(Investigacion)) == before


def test_of_two_tabs_the_second_is_refused_with_what_it_typed(
    app, investigador, usuario_investigador, oficio, rows
):
    pk = make_sighting(app, oficio, usuario_investigador)
    one = open_form(investigador, oficio, pk)
    two = one | {"ubicacion": "Lo que escribió la segunda"}
    investigador.post(f"{section_url(oficio)}/{pk}", data=one)

    response = investigador.post(f"{section_url(oficio)}/{pk}", data=two, headers=HTMX)

    assert response.status_code == 409
    assert "Alguien corrigió este avistamiento" in response.text
    assert "Lo que escribió la segunda" in response.text
    assert rows(Avistamiento)[0].ubicacion == "Pasaje Uno 12"

    # Having seen that, saving once more is a decision.
    (seal,) = re.findall(r'name="sello"[^>]*value="([^"]+)"', response.text)
    saved = investigador.post(f"{section_url(oficio)}/{pk}", data=two | {"sello": seal})
    assert saved.status_code == 303
    assert rows(Avistamiento)[0].ubicacion == "Lo que escribió la segunda"


def test_a_bad_correction_keeps_the_form_open(
    app, investigador, usuario_investigador, oficio, rows
):
    pk = make_sighting(app, oficio, usuario_investigador)
    data = open_form(investigador, oficio, pk) | {"fecha": "ayer"}

    response = investigador.post(f"{section_url(oficio)}/{pk}", data=data, headers=HTMX)

    assert response.status_code == 422
    assert 'value="ayer"' in response.text
    assert rows(Avistamiento)[0].fecha == date(2026, 11, 2)


def test_a_sighting_cannot_become_another_one(
    app, investigador, usuario_investigador, oficio, rows
):
    make_sighting(app, oficio, usuario_investigador, ubicacion="Pasaje 2")
    pk = make_sighting(app, oficio, usuario_investigador)
    data = open_form(investigador, oficio, pk)
    data |= {"fecha": "2026-11-02", "hora": "", "ubicacion": "pasaje 2"}

    response = investigador.post(f"{section_url(oficio)}/{pk}", data=data)

    assert response.status_code == 422
    assert "ya está anotado" in response.text


def test_what_a_gantry_saw_is_evidence_and_has_no_form(app, investigador, oficio, rows):
    make_check(app, oficio, [CROSSING])
    (row,) = rows(Avistamiento)
    url = f"{section_url(oficio)}/{row.id}"

    assert investigador.get(url).status_code == 404
    assert investigador.post(url, data=FIELDS).status_code == 404
    assert f'href="{url}"' not in investigador.get(section_url(oficio)).text


def test_the_service_refuses_what_only_a_provider_may_tell(app, oficio, usuario_investigador, rows):
    make_check(app, oficio, [CROSSING])
    (row,) = rows(Avistamiento)

    def change(verb) -> None:
        with app.app_context(), transaction():
            actor = db.session.get_one(Usuario, usuario_investigador.id)
            verb(actor)

    with pytest.raises(Refused, match="solo llegan del proveedor"):
        change(
            lambda actor: add_sighting(
                db.session.get_one(Oficio, oficio.id),
                AvistamientoData(Fuente.PORTICO, date(2026, 11, 1)),
                actor=actor,
                now=utcnow(),
            )
        )
    with pytest.raises(Refused, match="son evidencia"):
        change(
            lambda actor: edit_sighting(
                db.session.get_one(Avistamiento, row.id),
                AvistamientoData(Fuente.MANUAL, date(2026, 11, 1)),
                seen="",
                actor=actor,
                now=utcnow(),
            )
        )


def test_the_database_itself_keeps_a_sighting_once(app, oficio, usuario_investigador, rows):
    make_sighting(app, oficio, usuario_investigador)
    (row,) = rows(Avistamiento)

    twin = {"oficio_id": oficio.id, "fuente": Fuente.MANUAL, "fecha": row.fecha}
    with app.app_context(), transaction():
        db.session.add(Avistamiento(**twin, clave=row.clave))
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_a_fine_needs_the_order_of_a_court_and_what_was_typed_stays(investigador, oficio, rows):
    fine = {"fuente": "multa", "fecha": "01-11-2026", "ubicacion": "Autopista Central, P5"}
    path = f"/oficios/{oficio.id}/avistamientos"

    refused = investigador.post(path, data=fine)
    stored = investigador.post(path, data=fine | {"orden_judicial": "Resolución de 02-11-2026"})

    assert refused.status_code == 422
    assert "escriba la resolución del tribunal" in refused.text
    assert "Autopista Central, P5" in refused.text
    assert stored.status_code == 303
    assert [row.orden_judicial for row in rows(Avistamiento)] == ["Resolución de 02-11-2026"]
