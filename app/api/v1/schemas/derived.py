"""Schemas that follow from another one, so that a field is described once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import NoneType
from typing import Annotated, Any, Optional, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from app.api.v1.schemas.base import Body, Change, Shown

C = TypeVar("C", bound=Change)
S = TypeVar("S", bound=Shown)


def change_of(new: type[Body], *, without: Iterable[str] = ()) -> Callable[[type[C]], type[C]]:
    """Give a change all that the creation takes, each of which may be left out.

    What the creation does not take as null, a change does not empty either. ``without`` names what
    is never changed. What the class declares itself comes after that, and wins over it.
    """

    def derive(change: type[C]) -> type[C]:
        hints = get_type_hints(new, include_extras=True)
        names = [name for name in new.model_fields if name not in {*without, *change.model_fields}]
        required = {name for name in names if not _takes_null(hints[name])}
        taken = {
            name: Optional[hints[name]] if name in required else hints[name]  # noqa: UP045
            for name in names
        }
        return _rebuilt(
            change, taken, dict.fromkeys(taken), NOT_NULL=change.NOT_NULL | frozenset(required)
        )

    return derive


def part_of(whole: type[Shown], *names: str) -> Callable[[type[S]], type[S]]:
    """Give an answer these fields of another one, before those that it declares itself.

    They are named one by one: a field that the whole gains later is not shown by the part.
    """

    def derive(part: type[S]) -> type[S]:
        hints = get_type_hints(whole, include_extras=True)
        return _rebuilt(part, {name: hints[name] for name in names}, {})

    return derive


def _takes_null(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return _takes_null(get_args(hint)[0])
    return NoneType in get_args(hint)


def _rebuilt(
    model: type[Any], taken: dict[str, Any], defaults: dict[str, Any], **values: Any
) -> Any:
    """The same class with more fields, which stand before its own."""
    own = {name: hint for name, hint in _own_hints(model).items() if name in model.model_fields}
    for name in own:
        if not model.model_fields[name].is_required():
            values[name] = model.model_fields[name].default
    namespace = {
        "__module__": model.__module__,
        "__qualname__": model.__qualname__,
        "__doc__": model.__doc__,
        "__annotations__": {**taken, **own},
        "model_config": model.model_config,
        **defaults,
        **values,
    }
    metaclass: Any = type(model)
    return metaclass(model.__name__, model.__bases__, namespace)


def _own_hints(model: type[BaseModel]) -> dict[str, Any]:
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.__annotations__}
