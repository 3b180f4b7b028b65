"""How a person wants to be told, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from wtforms import BooleanField, SelectChoice, SelectField

from app.avisos.rules import DIGEST_HOURS, Canales, DeviceKeys, Novedad, PorCorreo
from app.core.errors import InvalidValue
from app.core.push_message import check_device_keys
from app.web.forms import EnumField, Form


class PreferencesForm(Form):
    """For each kind whether the bell and the devices show it, and how it comes by mail; made by
    ``for_kinds``.
    """

    hora = SelectField(
        "Hora del resumen",
        choices=[SelectChoice(str(hour), f"{hour}:00") for hour in DIGEST_HOURS],
        validate_choice=False,
    )
    novedades: Sequence[Novedad]
    #: What holds now, of which this form may not show all.
    before: Mapping[Novedad, Canales]

    @classmethod
    def for_kinds(
        cls,
        novedades: Sequence[Novedad],
        choices: Mapping[Novedad, Canales],
        hora: int,
        *,
        devices: bool = False,
        fresh: bool = False,
    ) -> PreferencesForm:
        """The form with the fields of each kind, filled with what holds now.

        ``devices``: whether this installation can reach them. ``fresh`` ignores what the request
        carries.
        """
        kinds: dict[str, Any] = {"novedades": novedades, "before": choices}
        start: dict[str, Any] = {"hora": str(hora)}
        for one in novedades:
            kinds[f"campana_{one.value}"] = BooleanField(f"{one.label}: en Rastro")
            kinds[f"correo_{one.value}"] = EnumField(f"{one.label}: por correo", PorCorreo)
            start[f"campana_{one.value}"] = choices[one].en_campana
            start[f"correo_{one.value}"] = choices[one].correo
            if devices:
                kinds[f"equipos_{one.value}"] = BooleanField(f"{one.label}: en mis equipos")
                start[f"equipos_{one.value}"] = choices[one].en_equipos
        made: type[PreferencesForm] = type("_PreferencesForm", (cls,), kinds)
        return made(None, data=start) if fresh else made(data=start)

    def pair(self, novedad: Novedad) -> tuple[Any, Any]:
        """The two fields of a kind: in Rastro, and by mail."""
        return self[f"campana_{novedad.value}"], self[f"correo_{novedad.value}"]

    def to_choices(self) -> dict[Novedad, Canales]:
        """What was chosen. Ask after validation."""
        chosen = {}
        for one in self.novedades:
            bell, mail = self.pair(one)
            box = self.on_devices(one)
            on_devices = self.before[one].en_equipos if box is None else bool(box.data)
            chosen[one] = Canales(bool(bell.data), mail.value, on_devices)
        return chosen

    def on_devices(self, novedad: Novedad) -> Any:
        """Its field of the devices; None where this installation reaches none."""
        return self._fields.get(f"equipos_{novedad.value}")

    @property
    def hour(self) -> int:
        """The chosen hour; 0, which no digest has, when it is none."""
        text = self.hora.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 0


#: Longer addresses than any push service has are not stored.
_LONGEST_ADDRESS = 1000


def read_device(form: Mapping[str, str]) -> DeviceKeys:
    """What a browser sends when its person lets it be told.

    Raises:
        InvalidValue: the address is none of the Internet's, or the keys are none of a browser's.
    """
    address = form.get("endpoint", "")
    if not _is_service(address):
        raise InvalidValue("El navegador entregó una dirección de avisos que no es válida.")
    keys = DeviceKeys(address, form.get("p256dh", "")[:120], form.get("auth", "")[:40])
    check_device_keys(keys.p256dh, keys.secreto)
    return keys


def _is_service(address: str) -> bool:
    """Whether it is an address of https by name; whether it is public is seen when sending."""
    if len(address) > _LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or parts.username is not None or port not in {None, 443}:
        return False
    return "." in host and host.rpartition(".")[2].isalpha()
