"""The base of every form and the fields that read what people type in the domain's ways."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from app.core.clock import SANTIAGO, Reading, to_local
from app.core.dates import parse_fecha, parse_fecha_hora
from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.money import parse_pesos
from app.core.patente import parse_patente
from app.core.phone_numbers import parse_telefono
from app.core.rut import format_rut, parse_rut
from app.core.text import clean_text

#: Digits of a whole number that a form takes; ids have ten.
MOST_DIGITS = 15


class Form(FlaskForm):
    """Every form of the pages: Spanish messages, CSRF, and text without control characters."""

    class Meta(FlaskForm.Meta):
        """WTForms' settings."""

        locales = ("es",)

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Clean text before any validator sees it."""
            filters = list(unbound_field.kwargs.get("filters", ()))
            if issubclass(unbound_field.field_class, StringField):
                filters.append(_clean_line)
            if issubclass(unbound_field.field_class, TextAreaField):
                filters[-1] = _clean_block
            return unbound_field.bind(form=form, filters=filters, **options)


class FilterForm(Form):
    """Filters of a list, in its address. What cannot be read is left out."""

    class Meta(Form.Meta):
        """A GET form changes nothing, so it needs no CSRF token."""

        csrf = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(request.args, **kwargs)

    def arguments(self) -> dict[str, str]:
        """The filters that were given, as an address carries them; what is no filter is not."""
        return {name: value for name in self._fields if (value := request.args.get(name))}


def _clean_line(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) else value


def _clean_block(value: Any) -> Any:
    return clean_text(value, multiline=True) if isinstance(value, str) else value


def required(message: str) -> DataRequired:
    """The field must be filled in, and not with spaces; the message says with what."""
    return DataRequired(message)


def at_most(limit: int) -> Length:
    """No longer than the column behind it."""
    return Length(max=limit, message=f"No puede tener más de {limit} caracteres.")


def parsed_by(parser: Callable[[str], Any]) -> Callable[[Any, Any], None]:
    """A validator that refuses what a parser of ``app.core`` cannot read, in its words."""

    def check(_form: Any, field: Any) -> None:
        if not field.data:
            return
        try:
            parser(field.data)
        except InvalidValue as error:
            raise StopValidation(str(error)) from None

    return check


class _ParsedField(StringField):
    """Text that a parser of the core reads; ``value`` is what it read, ``data`` what was typed."""

    parser: Callable[[str], Any]

    def __init__(self, label: str, validators: Iterable[Any] = (), **kwargs: Any) -> None:
        first = list(validators)
        if not any(isinstance(item, DataRequired) for item in first):
            first.insert(0, Optional())
        super().__init__(label, [*first, parsed_by(self.read)], **kwargs)

    @property
    def value(self) -> Any:
        """What the text means, or None when it is empty. Ask after validation."""
        return self.read(self.data) if self.data else None

    def read(self, text: str) -> Any:
        """What a text means."""
        return type(self).parser(text)


class PatenteField(_ParsedField):
    """A plate, in any of the ways that people write it."""

    parser = staticmethod(parse_patente)


class RutField(_ParsedField):
    """A RUT; one whose check digit does not fit is kept and flagged, not refused."""

    parser = staticmethod(parse_rut)

    def process_data(self, value: Any) -> None:
        """Show a stored RUT as people write it."""
        self.data = format_rut(value) if value else value


class EmailField(_ParsedField):
    """One e-mail address."""

    parser = staticmethod(parse_email)


class TelefonoField(_ParsedField):
    """A Chilean telephone number."""

    parser = staticmethod(parse_telefono)


class PesosField(_ParsedField):
    """An amount in whole pesos."""

    parser = staticmethod(parse_pesos)


class FechaField(_ParsedField):
    """A day; browsers send ``yyyy-mm-dd``, people also type ``dd-mm-yyyy``."""

    parser = staticmethod(parse_fecha)

    def process_data(self, value: Any) -> None:
        """Show a stored date in the form that a date input reads."""
        self.data = value.isoformat() if isinstance(value, date) else value


class FechaHoraField(_ParsedField):
    """A moment on the clock of a place, Santiago's unless said; ``value`` is aware, in UTC."""

    parser = staticmethod(parse_fecha_hora)
    zone: ZoneInfo = SANTIAGO

    def in_zone(self, zone: ZoneInfo) -> None:
        """Read and show the hours of that zone, also the one that the form was opened with."""
        self.zone = zone
        if not self.raw_data:
            self.process_data(self.object_data)

    def process_data(self, value: Any) -> None:
        """Show a stored moment in the form that a datetime-local input reads."""
        if isinstance(value, datetime):
            self.data = to_local(value, self.zone).strftime("%Y-%m-%dT%H:%M")
        else:
            self.data = value

    def read(self, text: str) -> Reading:
        """The moment, with what is doubtful in it."""
        return parse_fecha_hora(text, self.zone)

    @property
    def value(self) -> datetime | None:
        """The moment, or None when nothing was typed. Ask after validation."""
        return self.read(self.data).moment if self.data else None

    @property
    def duda(self) -> str | None:
        """Why the moment is not certain, in words. Ask after validation."""
        return self.read(self.data).duda if self.data else None


def doubts(field: FechaHoraField) -> dict[str, str]:
    """What does not add up in a typed hour, as rows keep it. Ask after validation."""
    return {"fecha_hora": field.duda} if field.duda else {}


class WholeField(IntegerField):
    """A whole number of as many digits as a column holds; a range is asked of it besides.

    ``NumberRange`` fails with an error of its own on numbers beyond those of floating point.
    """

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Refuse what has more digits than any number that is asked for."""
        text = valuelist[0].strip() if valuelist else ""
        if len(text) > MOST_DIGITS:
            self.data: Any = None
            raise ValueError(f"Escriba un número de {MOST_DIGITS} cifras a lo más.")
        super().process_formdata(valuelist)


class EnumField(SelectField):
    """A choice among the members of an enum that has labels; ``value`` is the member.

    With ``empty``, the words of a first choice, nothing has to be chosen: ``value`` is None then.
    """

    def __init__(
        self, label: str, enum_class: type[enum.Enum], empty: str = "", **kwargs: Any
    ) -> None:
        self.enum_class = enum_class
        self.empty = empty
        choices = [SelectChoice("", empty)] if empty else []
        choices += [
            SelectChoice(member.value, getattr(member, "label", member.value))
            for member in enum_class
        ]
        super().__init__(label, choices=choices, **kwargs)

    def process_data(self, value: Any) -> None:
        """Take a member or its value."""
        super().process_data(value.value if isinstance(value, enum.Enum) else value)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list, in words."""
        if self.empty and not self.data:
            return
        try:
            super().pre_validate(form)
        except ValueError:
            raise StopValidation("Elija una de las opciones de la lista.") from None

    @property
    def value(self) -> Any:
        """The chosen member. Ask after validation."""
        return None if self.empty and not self.data else self.enum_class(self.data)


def first_error(form: FlaskForm) -> str:
    """One sentence for a toast."""
    fields: list[Field] = [field for field in form if field.errors]
    if not fields:
        return "Revise los datos."
    return f"{fields[0].label.text}: {fields[0].errors[0]}"
