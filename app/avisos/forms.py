"""How a person wants to be told, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, SelectChoice, SelectField

from app.avisos.rules import DIGEST_HOURS, Canales, Novedad, PorCorreo
from app.web.forms import EnumField, Form


class PreferencesForm(Form):
    """For each kind whether the bell shows it and how it comes by mail; made by ``for_kinds``."""

    hora = SelectField(
        "Hora del resumen",
        choices=[SelectChoice(str(hour), f"{hour}:00") for hour in DIGEST_HOURS],
        validate_choice=False,
    )
    novedades: Sequence[Novedad]

    @classmethod
    def for_kinds(
        cls,
        novedades: Sequence[Novedad],
        choices: Mapping[Novedad, Canales],
        hora: int,
        *,
        fresh: bool = False,
    ) -> PreferencesForm:
        """The form with two fields for each kind, filled with what holds now.

        ``fresh`` ignores what the request carries.
        """
        kinds: dict[str, Any] = {"novedades": novedades}
        start: dict[str, Any] = {"hora": str(hora)}
        for one in novedades:
            kinds[f"campana_{one.value}"] = BooleanField(f"{one.label}: en Rastro")
            kinds[f"correo_{one.value}"] = EnumField(f"{one.label}: por correo", PorCorreo)
            start[f"campana_{one.value}"] = choices[one].en_campana
            start[f"correo_{one.value}"] = choices[one].correo
        made: type[PreferencesForm] = type("_PreferencesForm", (cls,), kinds)
        return made(None, data=start) if fresh else made(data=start)

    def pair(self, novedad: Novedad) -> tuple[Any, Any]:
        """The two fields of a kind: in Rastro, and by mail."""
        return self[f"campana_{novedad.value}"], self[f"correo_{novedad.value}"]

    def to_choices(self) -> dict[Novedad, Canales]:
        """What was chosen. Ask after validation."""
        pairs = {one: self.pair(one) for one in self.novedades}
        return {one: Canales(bool(bell.data), mail.value) for one, (bell, mail) in pairs.items()}

    @property
    def hour(self) -> int:
        """The chosen hour; 0, which no digest has, when it is none."""
        text = self.hora.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 0
