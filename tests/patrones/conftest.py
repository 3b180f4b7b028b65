"""What the tests of sightings have: a provider, a clock and the worker."""

from __future__ import annotations

from tests.api.conftest import api_of, investigador_api, token_of  # noqa: F401  # found by name
from tests.avistamientos.conftest import (  # noqa: F401  # found by name
    clock,
    demo_database,
    find_job,
    oficio,
    provider,
    run_jobs,
    silent_bell,
)
