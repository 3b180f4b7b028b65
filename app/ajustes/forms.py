"""The form of the settings, made of what the features declare."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import StopValidation

from app.ajustes.dibujo import Dibujo, draw_logo
from app.ajustes.queries import current_values
from app.ajustes.registry import list_settings
from app.ajustes.rules import LOGO_MAX_BYTES, Setting
from app.core.errors import InvalidValue
from app.web.forms import Form


class SettingField(StringField):
    """One setting; ``value`` is what was typed, read."""

    setting: Setting

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


class SettingsForm(Form):
    """All settings of the page; its fields are added by ``for_settings``."""

    @classmethod
    def for_settings(cls, *, fresh: bool = False) -> SettingsForm:
        """The form with a field for each setting, filled with what holds now.

        ``fresh`` ignores what the request carries.
        """
        settings = list_settings()
        kinds = {
            setting.field: type("_Field", (SettingField,), {"setting": setting})(
                setting.etiqueta, description=setting.ayuda
            )
            for setting in settings
        }
        values = current_values(settings)
        start = {setting.field: str(values[setting.clave]) for setting in settings}
        made: type[SettingsForm] = type("_SettingsForm", (cls,), kinds)
        return made(None, data=start) if fresh else made(data=start)

    def setting_fields(self) -> list[SettingField]:
        """The fields of settings, in the order of the page."""
        return [field for field in self if isinstance(field, SettingField)]

    def groups(self) -> dict[str, list[SettingField]]:
        """The fields by the card that they stand in."""
        found: dict[str, list[SettingField]] = {}
        for field in self.setting_fields():
            found.setdefault(field.setting.grupo, []).append(field)
        return found

    def to_values(self) -> dict[str, str | int]:
        """What was typed, by the names of the settings. Ask after validation."""
        return {field.setting.clave: field.value for field in self.setting_fields()}


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
