"""Huey with the driver of the one storage that is used.

``huey.storage`` imports the libraries of Redis and of PostgreSQL wherever they are installed. Most
installations have neither, and would start a tenth later and larger for it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec, module_from_spec
from typing import Any

_DRIVERS = ("redis", "psycopg")


@contextmanager
def _without_drivers() -> Iterator[None]:
    """Have ``import`` not find them, but for those that are there already."""
    unused = [name for name in _DRIVERS if name not in sys.modules]
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment]  # what ``import`` takes for absent
    try:
        yield
    finally:
        for name in unused:
            sys.modules.pop(name, None)


with _without_drivers():
    from huey import Huey
    from huey.serializer import SignedSerializer
    from huey.storage import SqliteStorage

__all__ = ["Huey", "SignedSerializer", "SqliteStorage", "class_for"]


@cache
def class_for(driver: str, name: str) -> Any:
    """A storage of Huey that needs a driver, which is imported now.

    From a copy of the module: the classes of the first were made without the driver.
    """
    importlib.import_module(driver)
    spec = find_spec("huey.storage")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("huey.storage")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)
