"""A case that is searched, and its photos in a folder of their own."""

from __future__ import annotations

import pytest

from app.oficios.rules import Estado
from app.oficios.service import DireccionData
from tests.adjuntos.conftest import folder
from tests.factories import make_oficio

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def _own_folder(folder):
    """Every test here stores photos."""


@pytest.fixture
def searched(app, buffet, usuario_investigador):
    """An oficio in investigation with an address."""
    return make_oficio(
        app,
        buffet,
        usuario_investigador,
        estado=Estado.INVESTIGACION,
        direccion=DireccionData(
            direccion="Av. Grecia 1180", comuna="Ñuñoa", region="Metropolitana de Santiago"
        ),
    )
