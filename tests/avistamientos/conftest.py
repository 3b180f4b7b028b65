"""A configured provider, a clock that a test moves, and the worker that does what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.ajustes.service import set_setting
from app.buffets.models import Buffet
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import set_bell
from app.jobs.runner import work
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.usuarios.models import Usuario
from tests.api.conftest import api_of, investigador_api, token_of  # noqa: F401  # found by name
from tests.factories import make_oficio
from tests.plugins.provider import ProviderServer

KEY = "clave-secreta-del-proveedor"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def oficio(app: Flask, buffet: Buffet, usuario_investigador: Usuario) -> Oficio:
    """An oficio whose order allows looking its plate up."""
    return make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(provider_server: ProviderServer, configure: Callable[..., object]) -> ProviderServer:
    """A provider that the application is configured for, and that is asked as often as needed."""
    configure(
        provider_api_url=provider_server.url,
        provider_api_key=KEY,
        provider_allow_private=True,
        provider_timeout=10.0,
        provider_quota=1000,
    )
    return provider_server


@pytest.fixture
def silent_bell(app: Flask) -> Iterator[None]:
    """Nobody is woken: the test does the work itself."""
    set_bell(app, None)
    yield
    set_bell(app, app.extensions["alarm"].ring)


@pytest.fixture
def run_jobs(app: Flask, clock: Clock, silent_bell: None) -> Callable[[], int]:
    """Do what is due at the clock's time; returns how many jobs were tried."""

    def run() -> int:
        with app.app_context():
            return work("test", clock=clock)

    return run


@pytest.fixture
def demo_database(app: Flask) -> None:
    """Mark the database as a demonstration."""
    with app.app_context(), transaction():
        set_setting("demo", "1")


@pytest.fixture
def find_job(app: Flask) -> Callable[[str], Trabajo]:
    """A job as it stands now, detached."""

    def find(pk: str) -> Trabajo:
        with app.app_context():
            row = db.session.get_one(Trabajo, pk)
            db.session.expunge(row)
            return row

    return find
