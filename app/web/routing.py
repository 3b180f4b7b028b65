"""Rules of addresses."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


class DeferredRule(Rule):
    """A rule whose two ways of building an address are compiled when first asked for.

    Werkzeug compiles them for each rule at the start: with 450 rules that was a tenth of it, and a
    process builds the addresses of a few.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        kept = "_build_unknown" if append_unknown else "_build"

        def build(rule: DeferredRule, /, **values: object) -> tuple[str, str]:
            builder = compile_now(append_unknown).__get__(rule, None)
            setattr(rule, kept, builder)
            return builder(**values)

        return build
