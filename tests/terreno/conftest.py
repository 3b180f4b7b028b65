"""An address that Carla has to visit."""

from __future__ import annotations

import pytest

from tests.terreno.places import make_place


@pytest.fixture
def place(app, buffet, usuario_investigador) -> tuple[int, int]:
    """The ids of an oficio of Carla's in investigation, and of its address."""
    return make_place(app, buffet, usuario_investigador)


@pytest.fixture
def direccion_id(place) -> int:
    return place[1]
