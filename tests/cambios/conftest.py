"""An installation as ``flask prepare`` leaves it: each table has its stamp."""

import pytest

from app.cambios.service import stamp_all
from app.core.clock import utcnow
from app.db import transaction


@pytest.fixture(autouse=True)
def stamped(app):
    with app.app_context(), transaction():
        stamp_all(utcnow())
