"""Whatever its document allows, and what it does not, the served API answers as it says.

schemathesis makes up the requests; every answer is held against the document: a status that it
names, of the schema that it gives, and never an error of ours.
"""

from __future__ import annotations

import contextlib
from threading import Event, Thread

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.service import beat, note_sweep
from app.usuarios.rules import Rol
from tests.architecture.world import url_arguments
from tests.factories import make_usuario

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: Requests that are made up for each operation, as many good ones as bad ones. All of it takes
#: about a minute on each database.
EXAMPLES = {"anonimo": 1, "cliente": 3, "investigador": 4, "admin": 5}


@pytest.fixture
def world(app, buffet, usuario_admin):
    """Real ids, so that not everything is a 404; the account is nobody's who asks."""
    victim = make_usuario(app, Rol.INVESTIGADOR, nombre="Nadie en particular")
    stop = Event()
    alive = Thread(target=_stay_alive, args=(app, stop), daemon=True)
    alive.start()
    yield {**url_arguments(app, buffet, usuario_admin), "usuario_id": victim.id}
    stop.set()
    alive.join()


def _stay_alive(app, stop: Event) -> None:
    """A consumer that is heard of for the whole of a slow run."""
    while True:
        with app.app_context(), transaction():
            now = utcnow()
            beat("consumidor", hilos=1, version="1", started=now, now=now)
            db.session.flush()
            note_sweep("consumidor", now=now)
        if stop.wait(10):
            return


@pytest.mark.hostile
@pytest.mark.no_cover  # other tests reach the same lines, and far sooner
@pytest.mark.parametrize("role", EXAMPLES)
def test_the_api_keeps_to_its_document(
    role,
    app,
    live_server,
    stranger,
    token_of,
    world,
    usuario_admin,
    usuario_investigador,
    usuario_cliente,
):
    app.config["EVENTS_SECONDS"] = 0
    people = {
        "admin": usuario_admin,
        "investigador": usuario_investigador,
        "cliente": usuario_cliente,
    }
    headers = {}
    if role != "anonimo":
        headers["Authorization"] = f"Bearer {token_of(people[role])}"
    schema = schemathesis.openapi.from_dict(stranger.get("/openapi.json").get_json())
    schema.config.update(base_url=live_server)
    asked = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        asked.add(operation.label)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            ask(operation, mode, headers, world, EXAMPLES[role])

    assert len(asked) > 60


def ask(operation, mode, headers, world, examples):
    """Make up some requests of an operation, and hold what is answered against the document."""

    @given(case=operation.as_strategy(generation_mode=mode), is_real=st.booleans())
    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def hold(case, is_real):
        if is_real or mode is GenerationMode.POSITIVE:
            known = {name: world[name] for name in case.path_parameters or {} if name in world}
            case.path_parameters = {**(case.path_parameters or {}), **known}
        response = case.call(headers=headers, timeout=30)
        case.validate_response(response, checks=CHECKS)

    # Of a request without parameters nothing can be wrong.
    with contextlib.suppress(Unsatisfiable):
        hold()
