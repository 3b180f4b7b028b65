"""What the tests of anchors share: an authority, and nights that pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.anclaje.service import anchor
from app.core.clock import utcnow
from app.db import transaction
from app.jobs.runner import work
from tests.anclaje.tsa import serve_authority


@pytest.fixture(scope="session")
def _authority(tmp_path_factory):
    with serve_authority(tmp_path_factory.mktemp("tsa")) as authority:
        yield authority


@pytest.fixture
def authority(_authority):
    """A time-stamping authority that behaves, and was asked nothing yet."""
    _authority.instead = None
    _authority.asked.clear()
    return _authority


@pytest.fixture
def stamped(app, authority):
    """The application, with that authority configured."""
    config = app.extensions["rastro_config"]
    app.extensions["rastro_config"] = replace(config, tsa_urls=(authority.url,))
    return app


@pytest.fixture
def night(app):
    """Let a night pass: ``night(3)`` is the third from now; ``stamps`` does its jobs too."""

    def pass_one(number=0, *, stamps=False):
        with app.app_context():
            with transaction():
                ancla = anchor(utcnow() + timedelta(days=number))
                numero = ancla.id if ancla else None
            if stamps:
                work("test")
        return numero

    return pass_one
