"""The gantry providers that are built in; ``PORTICOS_PROVIDER`` chooses one."""

from __future__ import annotations

from app.consultas.outside.boostr import Boostr
from app.consultas.outside.generico import Generico
from app.consultas.outside.interface import Provider, ProviderAnswer, ProviderError
from app.consultas.outside.provider_answer import Leniency
from config import Config

__all__ = ["Leniency", "Provider", "ProviderAnswer", "ProviderError", "make_provider"]

_PROVIDERS: dict[str, type[Generico | Boostr]] = {"generico": Generico, "boostr": Boostr}


def make_provider(config: Config) -> Provider:
    """The provider that the configuration names."""
    return _PROVIDERS[config.porticos_provider](config)
