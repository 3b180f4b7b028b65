from __future__ import annotations

import pyrage
import pytest

from app import create_app
from app.usuarios.rules import Rol
from tests.adjuntos.files import make_adjunto
from tests.factories import make_buffet, make_oficio, make_usuario
from tests.plugins.application import test_config as config_for_tests
from tests.respaldo.age import encrypt_lightly
from tests.respaldo.offices import dispose

_encrypt = pyrage.passphrase.encrypt


@pytest.fixture(autouse=True)
def _light_passphrases(monkeypatch):
    """A passphrase costs a second and half a gigabyte each time, on purpose: not in each test."""
    monkeypatch.setattr(pyrage.passphrase, "encrypt", encrypt_lightly)


@pytest.fixture
def full_work(monkeypatch):
    """Lock keys with as much work as in production."""
    monkeypatch.setattr(pyrage.passphrase, "encrypt", _encrypt)


@pytest.fixture
def office(migrated_database_url, tmp_path):
    """An installation of its own with an oficio and a photo, apart from the shared database."""
    app = create_app(config_for_tests(migrated_database_url, tmp_path / "oficina"))
    buffet = make_buffet(app)
    usuario = make_usuario(app, Rol.INVESTIGADOR)
    app.extensions["rows_for_tests"] = (make_oficio(app, buffet, usuario), usuario)
    make_adjunto(app, *app.extensions["rows_for_tests"])
    yield app
    dispose(app)


@pytest.fixture
def elsewhere(databases, tmp_path):
    """An empty place of the same kind."""
    url = databases.create()
    app = create_app(config_for_tests(url, tmp_path / "nueva"))
    yield app
    dispose(app)
    databases.drop(url)
