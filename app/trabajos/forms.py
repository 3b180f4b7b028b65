"""The filters of the list of jobs, as an address carries them, and what a form selects."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable
from typing import Any

from flask import request
from wtforms import SelectField, StringField

from app.jobs.rules import EstadoTrabajo
from app.trabajos.rules import Accion, JobFilter
from app.web.forms import FechaField, Form

_SEARCH_LIMIT = 100


class JobFilterForm(Form):
    """Filters in the address. What cannot be read is said beside its field and left out."""

    class Meta(Form.Meta):
        """A GET form changes nothing, so it needs no CSRF token."""

        csrf = False

    tipo = SelectField("Trabajo", default="", validate_choice=False)
    oficio = StringField("Oficio")
    desde = FechaField("Pedido desde")
    hasta = FechaField("Pedido hasta")

    def __init__(self, kinds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(request.args, **kwargs)
        self.tipo.choices = [("", "Todos"), *kinds]

    def to_filter(self) -> JobFilter:
        """The filter of this request's address."""
        self.validate()
        estado = request.args.get("estado", "")
        known = {member.value for member in EstadoTrabajo}
        return JobFilter(
            estado=EstadoTrabajo(estado) if estado in known else None,
            tipo=self.tipo.data if self.tipo.data in dict(self.tipo.choices) else "",
            oficio=(self.oficio.data or "")[:_SEARCH_LIMIT],
            desde=None if self.desde.errors else self.desde.value,
            hasta=None if self.hasta.errors else self.hasta.value,
            automaticos=request.args.get("automaticos") == "1",
        )


def read_action(text: str) -> Accion | None:
    """The action that a button names."""
    return Accion(text) if text in {member.value for member in Accion} else None


def read_ids(values: Iterable[str]) -> list[str]:
    """The ids among what a form sent."""
    ids = []
    for value in values:
        with contextlib.suppress(ValueError):
            ids.append(str(uuid.UUID(value)))
    return ids
