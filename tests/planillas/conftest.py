"""What the tests of lists have: programs that ask the API."""

from __future__ import annotations

from tests.api.conftest import api_of, investigador_api, token_of  # noqa: F401  # found by name
