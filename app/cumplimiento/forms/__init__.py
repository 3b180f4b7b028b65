"""The filters of the log of what left the house."""

from __future__ import annotations

import contextlib

from wtforms import SelectChoice, SelectField, StringField

from app.auditoria.rules import CanalDivulgacion
from app.core.errors import InvalidValue
from app.cumplimiento.queries import DivulgacionFilter
from app.web.forms import FechaField, FilterForm


class DivulgacionFilterForm(FilterForm):
    """By which way, of which case, to whom and when."""

    canal = SelectField(
        "Cómo salió",
        choices=[SelectChoice("", "Todos")]
        + [SelectChoice(each.value, each.label) for each in CanalDivulgacion],
        default="",
        validate_choice=False,
    )
    oficio = StringField("N° de oficio")
    destinatario = StringField("A quién")
    desde = FechaField("Desde")
    hasta = FechaField("Hasta")

    def to_filter(self) -> DivulgacionFilter:
        """The filter of this address; what cannot be read is left out."""
        self.validate()
        canal = None
        with contextlib.suppress(ValueError, InvalidValue):
            canal = CanalDivulgacion(self.canal.data)
        return DivulgacionFilter(
            canal=canal,
            oficio=(self.oficio.data or "")[:60],
            destinatario=(self.destinatario.data or "")[:100],
            desde=None if self.desde.errors else self.desde.value,
            hasta=None if self.hasta.errors else self.hasta.value,
        )
