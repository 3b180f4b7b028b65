"""Fields that hold what a paper says, and the forms that read them as every other door does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from markupsafe import Markup
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional

from app.core.clock import local_today, utcnow
from app.core.rut import format_rut
from app.oficios.forms.case_fields import add_error
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos, column_of, fields_of
from app.oficios.rules.papel import STRICT, Papel, read_papel
from app.web.forms import Form, at_most, required


class PapelField(StringField):
    """The text of a field of a paper; the form says what it means once it is valid."""

    def __init__(
        self, label: str, campo: str, validators: Iterable[Any] = (), **kwargs: Any
    ) -> None:
        self.campo = campo
        known = CAMPOS[campo]
        rules = [*([Optional()] if known.optional else []), *validators, at_most(known.limit)]
        if campo in STRICT.missing:
            rules.insert(0, required(STRICT.missing[campo]))
        hints = {
            "placeholder": known.placeholder,
            "inputmode": known.inputmode,
            "list": known.suggests,
        }
        super().__init__(
            label,
            rules,
            description=known.help,
            render_kw={key: text for key, text in hints.items() if text},
            **kwargs,
        )

    def __call__(self, **kwargs: Any) -> Markup:
        """Its input; of a date that could not be read the text stays visible as it was typed."""
        kind = CAMPOS[self.campo].type
        if kind and not (kind == "date" and self.errors):
            kwargs.setdefault("type", kind)
        return super().__call__(**kwargs)

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

    #: The values that were read; set by validation.
    papel: Papel

    def inputs(self, *grupos: str) -> list[PapelField]:
        """The inputs of some groups of fields, by the names of the groups, in their order."""
        fields = {field.campo: field for field in self if isinstance(field, PapelField)}
        return [
            fields[name]
            for grupo in grupos
            for name in fields_of(GrupoDeCampos[grupo])
            if name in fields
        ]

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


F = TypeVar("F", bound=PapelForm)


def with_inputs(*grupos: GrupoDeCampos, prefix: str = "") -> Callable[[type[F]], type[F]]:
    """Give a form an input for each declared field of some groups, called as its column.

    What the class declares itself stays as it is.
    """

    def add(form: type[F]) -> type[F]:
        for grupo in grupos:
            for name, campo in fields_of(grupo).items():
                kind = NotasField if campo.multiline else PapelField
                if campo.asked and not hasattr(form, prefix + column_of(name)):
                    setattr(form, prefix + column_of(name), kind(campo.name, name))
        return form

    return add
