"""Fields that hold what a paper says, and the forms that read them as every other door does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import StringField, TextAreaField

from app.core.clock import local_today, utcnow
from app.core.rut import format_rut
from app.oficios.forms.case_fields import add_error
from app.oficios.rules.campos import CAMPOS
from app.oficios.rules.papel import STRICT, Papel, read_papel
from app.web.forms import Form, at_most, required


class PapelField(StringField):
    """The text of a field of a paper; the form says what it means once it is valid."""

    def __init__(
        self, label: str, campo: str, validators: Iterable[Any] = (), **kwargs: Any
    ) -> None:
        self.campo = campo
        rules = [*validators, at_most(CAMPOS[campo].limit)]
        if campo in STRICT.missing:
            rules.insert(0, required(STRICT.missing[campo]))
        super().__init__(label, rules, **kwargs)

    def process_data(self, value: Any) -> None:
        """Show what is stored as people write it; a date in the form that a date input reads."""
        if isinstance(value, date):
            value = value.isoformat()
        elif value and self.campo == "propietario_rut":
            value = format_rut(value)
        self.data = str(value) if value is not None else None
        self.shown = self.data

    @property
    def is_as_stored(self) -> bool:
        """Whether the text is the one that stands in the database."""
        return bool(self.data) and self.data == self.shown


class NotasField(PapelField, TextAreaField):
    """Notes of a paper, in paragraphs."""


class PapelForm(Form):
    """A form with fields of a paper: what they say is judged together."""

    #: What was read. Ask after validation.
    papel: Papel

    def validate(self, extra_validators: Any = None) -> bool:
        """As each field says, and then as the paper is judged at every door."""
        super().validate(extra_validators)
        fields = {field.campo: field for field in self if isinstance(field, PapelField)}
        self.papel = read_papel(
            {campo: field.data or "" for campo, field in fields.items()},
            today=local_today(utcnow()),
            policy=STRICT,
            stored={campo for campo, field in fields.items() if field.is_as_stored},
        )
        for campo, sentence in self.papel.errores.items():
            if not fields[campo].errors:
                add_error(fields[campo], sentence)
        return not self.errors
