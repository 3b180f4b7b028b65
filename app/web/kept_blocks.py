"""Parts of pages that are drawn once for the same values: ``{% kept … %} … {% endkept %}``.

A page is mostly parts that look as they did a second ago, in this page or in somebody else's. Such
a part names what it shows:

    {% kept pk=card.id, numero=card.numero_oficio, due=card.fecha_limite | plazo %}
      <tr id="oficio-row-{{ pk }}">…{{ due.texto }}…</tr>
    {% endkept %}

Its body sees these names and nothing else, which is checked when the template is compiled: neither
who looks, nor the time, nor the request. So the values are all that it depends on, they are its
key, and there is nothing to forget when something changes: other values are another part. For the
same reason nobody is shown what is not theirs: what a reader may see is among the values, or it is
not in the part. Processes need not know of each other.

What the time says (``relativa``, ``plazo``) is worked out before, as a value. A form's token
(``csrf()``) is put in afterwards. Values are plain ones, enums, dates, tuples and frozen
dataclasses of these; a list is taken as a tuple. A row of the database may change without being
another, so it is refused.
"""

from __future__ import annotations

import dataclasses
import enum
import itertools
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, Undefined, nodes
from jinja2.compiler import Frame
from jinja2.exceptions import TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.meta import TrackingCodeGenerator
from jinja2.parser import Parser
from markupsafe import Markup

from app.core.process_memory import is_forgotten_with_people

#: Bytes of the parts that a process keeps; those that were not used for longest go first.
MOST_BYTES = 24_000_000
#: What the key of a part takes besides its text, about.
_KEY_BYTES = 700
#: Stands for the token of a form while a part is kept; nobody can write it into a text.
_TOKEN = f"-token-{token_hex(16)}-"
#: What a body may call besides its values: macros and functions whose arguments are all they need.
PURE = frozenset(
    {
        "badge",
        "csrf",
        "csrf_token",
        "dict",
        "drawn",
        "empty_state",
        "geo",
        "has_endpoint",
        "icon",
        "initials_avatar",
        "label_badge",
        "menu",
        "namespace",
        "osm",
        "plate",
        "plate_parts",
        "plate_shape",
        "range",
        "technical",
        "url_for",
        "way_back",
    }
)
#: Filters that look at the clock.
TIMELY = frozenset({"dia_largo", "dias_desde", "plazo", "relativa"})
#: What would let a body see the whole page.
_OPEN = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Block, nodes.Extends)
_PLAIN = (
    str,
    int,
    float,
    bool,
    bytes,
    type(None),
    enum.Enum,
    enum.EnumType,
    date,
    time,
    timedelta,
    Decimal,
    ZoneInfo,
    Undefined,  # one is as good as another
)


class NotByValue(TypeError):
    """A part was given something that may change and still be the same."""


class Keeper:
    """The parts that one application keeps."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.size = 0
        #: Tests draw every kept part once more and compare.
        self.is_checking = False
        self._parts: OrderedDict[tuple[Any, ...], tuple[str, bool]] = OrderedDict()
        self._lock = threading.Lock()
        is_forgotten_with_people(self)

    def __len__(self) -> int:
        return len(self._parts)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._parts.clear()
            self.size = 0

    def draw(self, number: int, values: tuple[Any, ...], body: Callable[..., str]) -> Markup:
        """The part of these values: as it was drawn before, or drawn now.

        Raises:
            NotByValue: in tests; elsewhere a part that cannot be kept is drawn each time.
        """
        root = request.script_root if request else ""
        key = (number, root, values, _kinds(values))
        try:
            found = self._parts.get(key)
        except TypeError:  # a list among them
            values = tuple(map(_fixed, values))
            key = (number, root, values, _kinds(values))
            try:
                found = self._parts.get(key)
            except TypeError as error:
                return self._draw_unkept(values, body, NotByValue(str(error)))
        if found is None:
            try:
                for value in values:
                    _check(value)
            except NotByValue as error:
                return self._draw_unkept(values, body, error)
            found = self._draw(values, body)
            self._keep(key, found)
        else:
            if self.is_checking and self._draw(values, body) != found:
                raise AssertionError(f"a kept part is not what it would be now: {found[0]}")
            with self._lock:
                if key in self._parts:
                    self._parts.move_to_end(key)
        return self._finish(found)

    def _draw_unkept(
        self, values: tuple[Any, ...], body: Callable[..., str], error: NotByValue
    ) -> Markup:
        if self.is_checking:
            raise error
        return self._finish(self._draw(values, body))

    def _finish(self, part: tuple[str, bool]) -> Markup:
        """Put the token of this session into the outermost part."""
        text, has_token = part
        if has_token and not _is_drawing():
            text = text.replace(_TOKEN, g.get("csrf_token") or generate_csrf())
        return Markup(text)  # noqa: S704  # drawn by our own template

    def _draw(self, values: tuple[Any, ...], body: Callable[..., str]) -> tuple[str, bool]:
        before = _is_drawing()
        g.rastro_draws_kept = True
        try:
            text = str(body(*values))
        finally:
            g.rastro_draws_kept = before
        return text, _TOKEN in text

    def _keep(self, key: tuple[Any, ...], part: tuple[str, bool]) -> None:
        with self._lock:
            if key not in self._parts:
                self.size += _size(part)
            self._parts[key] = part
            while self.size > self.most_bytes:
                _key, dropped = self._parts.popitem(last=False)
                self.size -= _size(dropped)


class KeptBlocks(Extension):
    """The tag ``kept``."""

    tags = {"kept"}  # noqa: RUF012  # as its base has it
    _numbers = itertools.count()

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.keeper = Keeper()

    def parse(self, parser: Parser) -> nodes.Node:
        """Read ``{% kept name=value, … %}`` to ``{% endkept %}``."""
        line = next(parser.stream).lineno
        names: list[nodes.Name] = []
        values: list[nodes.Expr] = []
        while parser.stream.current.type != "block_end":
            if names:
                parser.stream.expect("comma")
            names.append(nodes.Name(parser.stream.expect("name").value, "param"))
            parser.stream.expect("assign")
            values.append(parser.parse_expression())
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        _refuse_others(body, {name.name for name in names}, parser)
        # A template that is compiled anew has other numbers, so that nothing of before is found.
        call = self.call_method(
            "_draw", [nodes.Const(next(self._numbers)), nodes.Tuple(values, "load")]
        )
        return nodes.CallBlock(call, names, [], body).set_lineno(line)

    def _draw(self, number: int, values: tuple[Any, ...], caller: Callable[..., str]) -> Markup:
        return self.keeper.draw(number, values, caller)


def _refuse_others(body: list[nodes.Node], names: set[str], parser: Parser) -> None:
    """Let a body name nothing but its values, what it sets itself, and what is pure."""
    whole = nodes.Template(body, lineno=1)
    whole.set_environment(parser.environment)
    outer = _OuterNames(parser.environment)
    outer.visit(whole)
    wrong = sorted(outer.found - names - PURE)
    wrong += [f"the filter {name}" for name in _filters_of(whole) if name in TIMELY]
    wrong += [type(one).__name__.lower() for one in whole.find_all(_OPEN)]
    if wrong:
        text = f"A kept part may not use {', '.join(wrong)}: give it as a value."
        raise TemplateSyntaxError(text, body[0].lineno, parser.name, parser.filename)


def _filters_of(whole: nodes.Template) -> Iterator[str]:
    for one in whole.find_all(nodes.Filter):
        yield one.name
        if one.name == "map" and one.args:  # ``map("relativa")``
            yield str(getattr(one.args[0], "value", min(TIMELY)))


class _OuterNames(TrackingCodeGenerator):
    """Finds the names that come from around a part, those that every template has included."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.found: set[str] = set()

    def enter_frame(self, frame: Frame) -> None:
        """Note what is looked up outside."""
        super().enter_frame(frame)
        loads = frame.symbols.loads.values()
        self.found |= {str(name) for action, name in loads if action == "resolve"}


def _kinds(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The types of values: 1, True and 1.0 are equal, and look different."""
    return tuple(
        [_kinds(tuple(value)) if type(value) in _SEVERAL else type(value) for value in values]
    )


_SEVERAL = (tuple, list)


def _fixed(value: Any) -> Any:
    """A list as a tuple, also inside of one."""
    return tuple(map(_fixed, value)) if type(value) in _SEVERAL else value


def _check(value: Any) -> None:
    """Refuse what may change and still be the same."""
    if isinstance(value, tuple | frozenset):
        for one in value:
            _check(one)
    elif dataclasses.is_dataclass(value) and _is_frozen(value):
        for field in dataclasses.fields(value):
            _check(getattr(value, field.name))
    elif not isinstance(value, _PLAIN) or (isinstance(value, datetime) and value.tzinfo is None):
        raise NotByValue(f"{type(value).__name__} is no value")


def _is_frozen(value: Any) -> bool:
    """Whether the fields of a dataclass' object stay what they are."""
    return bool(type(value).__dataclass_params__.frozen)


def _size(part: tuple[str, bool]) -> int:
    return sys.getsizeof(part[0]) + _KEY_BYTES


def _is_drawing() -> bool:
    return bool(g.get("rastro_draws_kept"))


def _token() -> str:
    """The token of a form; in a kept part, what stands for it."""
    return _TOKEN if _is_drawing() else generate_csrf()


def init_kept_blocks(app: Flask) -> None:
    """Let templates keep their parts. After CSRF, whose function it replaces in templates."""
    app.jinja_env.add_extension(KeptBlocks)
    app.jinja_env.globals["csrf_token"] = _token
    app.context_processor(lambda: {"csrf_token": _token})


def keeper_of(app: Flask) -> Keeper:
    """The kept parts of an application."""
    blocks: Any = app.jinja_env.extensions[KeptBlocks.identifier]
    keeper: Keeper = blocks.keeper
    return keeper
