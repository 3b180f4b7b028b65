"""A full catalogue."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.porticos.rows import load_catalogue


@pytest.fixture
def catalogue(app: Flask) -> None:
    """The list of gantries that the product brings."""
    load_catalogue(app)
