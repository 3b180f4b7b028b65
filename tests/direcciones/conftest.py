"""Fixtures of other features that pytest finds here by name."""

from tests.api.conftest import api_of, investigador_api, token_of  # noqa: F401
from tests.informes.conftest import printed  # noqa: F401
