"""What harms most is asked for again: the list of such routes, held against what routes do."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from flask import Flask

from tests.architecture.permissions import ASKS_FRESH, FRESH, UNASKED


def _named(code: CodeType) -> set[str]:
    """Every name that a function uses, also in the functions that it defines."""
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*map(_named, inner))


def names_reached(view: Callable[..., Any]) -> set[str]:
    """What a view calls, itself or by functions of packages of pages."""
    seen: set[str] = set()
    functions = [inspect.unwrap(view)]
    done: set[Any] = set()
    while functions:
        function = functions.pop()
        if function in done or not isinstance(function, FunctionType):
            continue
        done.add(function)
        names = _named(function.__code__)
        seen |= names
        known = [function.__globals__.get(name) for name in names]
        functions += [
            inspect.unwrap(found)
            for found in known
            if callable(found) and ".pages" in getattr(found, "__module__", "")
        ]
    return seen


def test_the_routes_that_ask_again_are_those_of_the_list(app: Flask):
    asking = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "__rastro_fresh__", False)
    }

    assert asking == FRESH


def test_what_takes_data_out_or_changes_rights_is_on_the_list(app: Flask):
    """A new export fails here until it asks, or until somebody writes why it need not."""
    found = {}
    for endpoint, view in app.view_functions.items():
        if not endpoint.startswith("api."):  # scopes say what a program may do
            found[endpoint] = names_reached(view) & ASKS_FRESH
    reaching = {endpoint for endpoint, names in found.items() if names}

    assert {name: found[name] for name in reaching - FRESH - set(UNASKED)} == {}
    assert set(UNASKED) <= reaching - FRESH, "an exception that is none"


def test_every_name_that_gives_a_route_away_is_reached(app: Flask):
    """Otherwise a verb was renamed, and the test above looks for nothing."""
    reached = set[str]().union(*map(names_reached, app.view_functions.values()))

    assert reached >= ASKS_FRESH


def test_no_form_that_is_asked_again_brings_files(app: Flask):
    """A form that waits for the proof is sent anew by its fields, which files do not survive."""
    assert [name for name in FRESH if hasattr(app.view_functions[name], "body_size")] == []
