"""Macros whose output depends on their arguments alone are drawn once for the same arguments.

A page holds some hundred icons, plates and initials; Jinja draws each anew for 10 to 40 µs. Which
macros those are stands below: one that asks for the reader, the time, the database or a token does
not belong there, and neither does one with a ``caller``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro

from app.core.process_memory import is_forgotten_with_people

#: By template.
KEPT = {
    "web/_macros.html": ("icon", "initials_avatar"),
    "vehiculos/_plate_macro.html": ("plate_parts", "plate_shape", "plate"),
}
#: Outputs kept of each macro; one is some hundred bytes.
_MOST = 4096
_PLAIN = {str, int, bool, type(None)}


class DirectContext(Context):
    """Calls what a template calls, and finds out once for each type what that wants to be given.

    Jinja asks four times at each of the hundred calls of a page whether the function wants the
    context, its environment or neither.
    """

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  # as its base has it
        """Call a function or macro with the arguments that a template gives."""
        if type(__obj) is Macro:
            args = (__self.eval_ctx, *args)
        elif _is_given_more(type(__obj)) or getattr(__obj, "jinja_pass_arg", None) is not None:
            return super().call(__obj, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        try:
            return __obj(*args, **kwargs)
        except StopIteration:
            return super().call(_stop)


#: By type, whether its objects want more than their arguments.
_given_more: dict[Any, bool] = {}


def _is_given_more(kind: Any) -> bool:
    known = _given_more.get(kind)
    if known is None:
        wants = getattr(getattr(kind, "__call__", None), "jinja_pass_arg", None)  # noqa: B004  # of the type
        known = _given_more[kind] = wants is not None
    return known


def _stop() -> None:
    raise StopIteration


class KeepingTemplate(Template):
    """A template whose module gives the macros of ``KEPT`` as they were drawn before."""

    def _get_default_module(self, ctx: Any = None) -> TemplateModule:
        """The module that others import from."""
        if ctx is not None and ctx.globals_keys <= self._global_names():
            ctx = None  # Jinja asks the same of a chain of dicts, for half a millisecond a page
        module: TemplateModule = super()._get_default_module(ctx)
        for name in KEPT.get(self.name or "", ()):
            macro = getattr(module, name)
            if not isinstance(macro, _Kept):
                setattr(module, name, _Kept(macro))
        return module

    def _global_names(self) -> frozenset[str]:
        names: frozenset[str] | None = self.__dict__.get("rastro_names")
        if names is None or len(self.environment.globals) > len(names):
            names = self.__dict__["rastro_names"] = frozenset(self.globals)
        return names


class _Kept:
    """A macro that remembers what it drew."""

    def __init__(self, macro: Callable[..., Any]) -> None:
        self._macro = macro
        self._drawn: dict[tuple[Any, ...], Any] = {}
        is_forgotten_with_people(self)

    def clear(self) -> None:
        """Forget all of it."""
        self._drawn.clear()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the macro draws for these arguments."""
        values = (*args, *kwargs.values())
        types = tuple(map(type, values))
        if not _PLAIN.issuperset(types):
            return self._macro(*args, **kwargs)
        # 1 and True are equal, and look different.
        key = (values, types, tuple(kwargs))
        found = self._drawn.get(key)
        if found is None:
            if len(self._drawn) >= _MOST:
                self._drawn.clear()
            found = self._drawn[key] = self._macro(*args, **kwargs)
        return found
