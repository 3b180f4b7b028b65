from __future__ import annotations

import pytest

from tests.indicadores.history import make_history


@pytest.fixture
def history(app, buffet, otro_buffet, usuario_admin, usuario_investigador):
    """The cases of the history worked out by hand, by their names, with their figures read."""
    return make_history(app, {"A": buffet, "B": otro_buffet}, usuario_admin, usuario_investigador)
