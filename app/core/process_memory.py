"""What a process remembers of what it read: readings of texts, drawn parts of pages.

Some of it is about people. Once a law orders to erase somebody, every process forgets all of it
(``forget_all``) and works it out again when it is asked: nothing is lost but a little time.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _Forgets(Protocol):
    def clear(self) -> None: ...


_functions: list[Any] = []
_stores: weakref.WeakSet[Any] = weakref.WeakSet()


def forgettable(most: int) -> Callable[[F], F]:
    """As ``lru_cache``, for a function whose arguments or results may be about people."""

    def wrap(function: F) -> F:
        kept: Any = functools.lru_cache(maxsize=most)(function)
        _functions.append(kept)
        return kept

    return wrap


def is_forgotten_with_people(store: _Forgets) -> None:
    """Have a store emptied by its ``clear`` whenever the process forgets."""
    _stores.add(store)


def forget_all() -> None:
    """Forget whatever this process remembers of anybody."""
    for function in _functions:
        function.cache_clear()
    for store in list(_stores):
        store.clear()
