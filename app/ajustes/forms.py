"""The form of the settings, made of what the features declare."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask_wtf.file import FileField
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import StopValidation

from app.ajustes.queries import current_values
from app.ajustes.rules import LOGO_MAX_BYTES, Setting
from app.ajustes.rules.logo_drawing import Dibujo, draw_logo
from app.ajustes.rules.settings_registry import list_settings
from app.core.errors import InvalidValue
from app.web.forms import Form


class _OfSetting:
    """A field of one setting; ``value`` is what was typed, read."""

    setting: Setting
    data: Any

    def pre_validate(self, form: Any) -> None:
        """Refuse what the setting does not take, in its words."""
        try:
            self.setting.parse(self.data or "")
        except InvalidValue as error:
            raise StopValidation(str(error)) from None

    @property
    def value(self) -> str | int:
        """What the text means. Ask after validation."""
        return self.setting.parse(self.data or "")


class SettingField(_OfSetting, StringField):
    """A setting that is typed."""


class SettingChoice(_OfSetting, SelectField):
    """A setting that is chosen."""


class SettingsForm(Form):
    """All settings of the page; its fields are added by ``for_settings``."""

    @classmethod
    def for_settings(cls, *, fresh: bool = False) -> SettingsForm:
        """The form with a field for each setting, filled with what holds now.

        ``fresh`` ignores what the request carries.
        """
        settings = list_settings()
        kinds = {setting.field: _field_of(setting) for setting in settings}
        values = current_values(settings)
        start = {setting.field: str(values[setting.clave]) for setting in settings}
        made: type[SettingsForm] = type("_SettingsForm", (cls,), kinds)
        return made(None, data=start) if fresh else made(data=start)

    def setting_fields(self) -> list[SettingField | SettingChoice]:
        """The fields of settings, in the order of the page."""
        return [field for field in self if isinstance(field, (SettingField, SettingChoice))]

    def groups(self) -> dict[str, list[SettingField | SettingChoice]]:
        """The fields by the card that they stand in."""
        found: dict[str, list[SettingField | SettingChoice]] = {}
        for field in self.setting_fields():
            found.setdefault(field.setting.grupo, []).append(field)
        return found

    def to_values(self) -> dict[str, str | int]:
        """What was typed, by the names of the settings. Ask after validation."""
        return {field.setting.clave: field.value for field in self.setting_fields()}


def _field_of(setting: Setting) -> Any:
    """The field in which a setting is written."""
    values: dict[str, Any] = {"description": setting.ayuda}
    kind: type[SettingField | SettingChoice] = SettingField
    if setting.opciones:
        kind = SettingChoice
        values |= {
            "choices": [SelectChoice(value, label) for value, label in setting.opciones],
            "validate_choice": False,
        }
    return type("_Field", (kind,), {"setting": setting})(setting.etiqueta, **values)


class LogoForm(Form):
    """The office's logo."""

    logo = FileField("Logo")
    dibujo: Dibujo

    def validate_logo(self, field: Any) -> None:
        """A picture that can be drawn anew."""
        if not field.data:
            raise StopValidation("Elija la imagen del logo.")
        stream: BinaryIO = field.data.stream
        try:
            self.dibujo = draw_logo(stream.read(LOGO_MAX_BYTES + 1))
        except InvalidValue as error:
            raise StopValidation(str(error)) from None
