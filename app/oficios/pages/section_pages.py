"""Pages of a filtered list inside a section of the case page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from app.web.fragments import is_read
from app.web.pagination import LAST_PAGE, Page


@dataclass(frozen=True)
class SectionPage(Page):
    """A page whose neighbours are reached the same way after a form was sent."""

    endpoint: str = ""
    oficio_id: int = 0
    args: Mapping[str, object] = field(default_factory=dict)

    def url_for(self, number: int) -> str:
        """The address of another page of the same list with the same filters."""
        address: dict[str, Any] = {**self.args, "oficio_id": self.oficio_id, "pagina": number}
        return url_for(self.endpoint, **address)


def asked_page() -> int:
    """The number of the page that the address asks for; a form that was sent asks for the first."""
    if not is_read():
        return 1
    return min(max(1, request.args.get("pagina", 1, type=int)), LAST_PAGE)
