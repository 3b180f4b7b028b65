"""Declares the answers of a route for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Gives:
    """The good answer of a route, and the refusals that its decorators do not tell."""

    summary: str
    schema: type[BaseModel] | None
    status: int
    many: bool
    errors: tuple[int, ...]
    media: tuple[str, ...]
    headers: tuple[str, ...]
    #: What a cliente gets where the firm gets ``schema``.
    cliente: type[BaseModel] | None


def gives(
    summary: str,
    schema: type[BaseModel] | None = None,
    status: int = 200,
    *,
    many: bool = False,
    errors: tuple[int, ...] = (),
    media: tuple[str, ...] = ("application/json",),
    headers: tuple[str, ...] = (),
    cliente: type[BaseModel] | None = None,
) -> Callable[[View], View]:
    """Say in Spanish what a route does, and describe its answer.

    That is a schema (none for an empty answer), or a list of it (``many``); ``cliente`` is the one
    that a cliente gets instead.

    ``errors`` are the statuses beyond those that follow from who may ask and what is sent.
    """

    def decorate(view: View) -> View:
        view.__gives__ = Gives(summary, schema, status, many, errors, media, headers, cliente)  # type: ignore[attr-defined]  # read by openapi.py
        return view

    return decorate
