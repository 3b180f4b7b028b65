"""The text that Prometheus reads (exposition format 0.0.4), small enough to be written out here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Family:
    """One metric with all its samples."""

    name: str
    kind: str
    help: str
    lines: list[str] = field(default_factory=list)

    def add(self, value: float, suffix: str = "", **labels: str) -> None:
        """One sample; ``suffix`` is that of a summary's sum and count."""
        self.lines.append(f"{self.name}{suffix}{_braces(labels)} {value:.10g}")


def render(families: Iterable[Family]) -> str:
    """All families that have samples."""
    parts = []
    for family in families:
        if family.lines:
            parts.append(f"# HELP {family.name} {family.help}")
            parts.append(f"# TYPE {family.name} {family.kind}")
            parts += family.lines
    return "\n".join(parts) + "\n"


def _braces(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items()) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
