"""Examples on the first day: a firm of its own, of which nothing leaves and which goes whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.avistamientos.models import Avistamiento
from app.buffets.models import Buffet, Enlace
from app.buffets.rules import SAMPLE_RUT
from app.consultas.queries import list_due_for_check
from app.core.clock import utcnow
from app.custodia.models import Eslabon
from app.custodia.service import verify_all
from app.db import db, transaction
from app.indicadores.queries.case_figures import list_part, list_stale
from app.inicio.queries import list_pasos
from app.inicio.rules import SAMPLES
from app.jobs.models import Trabajo
from app.notificaciones.models import Notificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Estado
from app.oficios.service import assign_oficio
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.factories import make_oficio, make_usuario, want_mail
from tests.plugins.application import HTMX

LOAD, TAKE = "/primeros-pasos/ejemplos", "/primeros-pasos/ejemplos/quitar"


@pytest.fixture
def loaded(admin):
    assert "Cargar ejemplos" in admin.get("/primeros-pasos").text
    assert admin.post(LOAD).status_code == 303


def test_examples_are_loaded_once_and_go_whole(app, admin, loaded, configure, rows):
    assert len(rows(Oficio)) == len(SAMPLES)
    assert rows(Avistamiento) == []
    assert rows(Notificacion) == []
    with app.app_context():
        done = {paso.clave for paso in list_pasos(configure()) if paso.hecho}
    assert "buffet" not in done
    assert "todavía no hay casos" in admin.post(LOAD, follow_redirects=True).text
    one = rows(Oficio)[0]
    admin.post(f"/oficios/{one.id}/bitacora", data={"tipo": "nota", "descripcion": "Probando."})

    asked = admin.get("/primeros-pasos").text.split(
        '<summary class="btn">Quitar ejemplos</summary>'
    )
    assert f'action="{TAKE}"' not in asked[0]  # also who has no script is asked first
    assert f'action="{TAKE}"' in asked[1].partition("</details>")[0]
    assert admin.post(TAKE).status_code == 303

    for model in (Oficio, Buffet, Enlace, Investigacion):
        assert rows(model) == []
    assert {one.accion for one in rows(Auditoria)} >= {"ejemplos.cargados", "ejemplos.quitados"}
    assert "Cargar ejemplos" in admin.get("/primeros-pasos").text
    assert admin.post(LOAD).status_code == 303
    assert one.id not in {row.id for row in rows(Oficio)}
    with app.app_context():
        chains = db.session.scalars(sa.select(Eslabon.cadena).distinct()).all()
        assert [found.problemas for found in verify_all(chains) if found.problemas] == []


def test_nothing_is_looked_up_mailed_or_counted_for_them(
    app, admin, loaded, usuario_admin, usuario_investigador, rows
):
    searched = next(one for one in rows(Oficio) if one.estado is Estado.INVESTIGACION)
    with app.app_context():
        assert list_due_for_check(utcnow(), every=timedelta(hours=1)) == []
        assert list_stale(100) == []
        assert list_part(0, 100) == []
    refused = admin.post(
        f"/oficios/{searched.id}/consultar",
        data={"consultar": "Búsqueda del vehículo", "version": searched.version},
        headers=HTMX,
    )
    assert "Es un caso de ejemplo" in refused.text
    assert rows(Trabajo, tipo="avistamientos.consultar") == []
    want_mail(app, usuario_investigador)
    with app.app_context(), transaction():
        assign_oficio(
            db.session.get_one(Oficio, searched.id),
            db.session.get_one(Usuario, usuario_investigador.id),
            actor=db.session.get_one(Usuario, usuario_admin.id),
            now=utcnow(),
        )
    assert [one.oficio_id for one in rows(Aviso)] == [searched.id]
    assert rows(Trabajo, tipo="avisos.correo") == []


def test_what_is_somebodys_is_not_taken_away_with_them(app, admin, loaded, usuario_admin, rows):
    (buffet,) = rows(Buffet)
    real = make_oficio(app, buffet, usuario_admin, numero_oficio="OF-1")

    answer = admin.post(TAKE, follow_redirects=True)

    assert "no se quitó nada" in answer.text
    assert "OF-1" in answer.text
    assert len(rows(Oficio)) == len(SAMPLES) + 1
    assert real.id in {one.id for one in rows(Oficio)}


def test_a_firm_with_accounts_is_not_taken_away(app, admin, loaded, rows):
    (buffet,) = rows(Buffet)
    make_usuario(app, Rol.CLIENTE, buffet)

    assert "no se quitó nada" in admin.post(TAKE, follow_redirects=True).text
    assert len(rows(Oficio)) == len(SAMPLES)


def test_only_admins_and_only_an_empty_installation(
    app, admin, investigador, cliente, stranger, usuario_admin, buffet, rows
):
    for client in (investigador, cliente):
        assert client.post(LOAD).status_code in {403, 404}
        assert client.post(TAKE).status_code in {403, 404}
    assert stranger.post(LOAD).status_code in {302, 303, 401}
    make_oficio(app, buffet, usuario_admin)
    assert "Cargar ejemplos" not in admin.get("/primeros-pasos").text
    assert "todavía no hay casos" in admin.post(LOAD, follow_redirects=True).text
    assert rows(Buffet, rut=SAMPLE_RUT) == []
