"""Asking a provider what vehicle a plate is: one GET that answers JSON, in its words or in ours.

The owner that some providers add is not read: who must answer for a debt is said by the court.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from app.consultas.outside import http
from app.consultas.outside.boostr import check_plate
from app.consultas.outside.interface import ProviderAnswer, ProviderError
from app.consultas.outside.provider_answer import (
    UNREADABLE,
    Leniency,
    load_json,
    make_answer,
    refuse_bad_status,
)
from app.oficios.rules.campos import CAMPOS
from app.oficios.rules.field_readers import Dato
from app.oficios.rules.papel import judge
from config import Config

#: How providers call each field, likeliest first.
_NAMES = {
    "marca": ("marca", "make", "brand"),
    "modelo": ("modelo", "model"),
    "anio": ("anio", "año", "ano", "year"),
    "color": ("color",),
    "vin": ("vin", "chasis", "chassis", "numero_chasis"),
    "motor": ("motor", "numero_motor", "engine"),
    "tipo_vehiculo": ("tipo", "tipo_vehiculo", "type"),
}
_PLATE_NAMES = ("patente", "plate", "ppu")
#: Answers with HTTP 200 that are refusals, by their code; any other error is one that may pass.
_NOTHING = frozenset({"V-02"})
_KEY_CODES = frozenset({"MISSING_API_KEY", "INVALID_API_KEY"})


@dataclass(frozen=True)
class VehicleAnswer:
    """What a provider tells of a vehicle, and the answer as it came."""

    raw: ProviderAnswer
    #: By field of ``CAMPOS``, only what can be stored.
    datos: Mapping[str, Dato]
    #: Whom it comes from: the name of the machine.
    fuente: str


def ask_vehicle(config: Config, patente: str, *, today: date) -> VehicleAnswer:
    """Ask what vehicle a plate is.

    Takes up to the configured time; call it outside any transaction. Asking twice is safe.

    Raises:
        ProviderError: there is no usable answer; its text says why, to the office.
    """
    try:
        return _ask(config, patente, today)
    except ProviderError as error:
        raise ProviderError(
            _of_vehicles(str(error)),
            retry=error.retry,
            delay=error.delay,
            is_throttled=error.is_throttled,
        ) from None


def _ask(config: Config, patente: str, today: date) -> VehicleAnswer:
    url, name = config.vehicle_data_url, config.vehicle_data_header
    if "{patente}" not in url:
        url += "/{patente}"
    is_bearer = name.lower() == "authorization"
    key = f"Bearer {config.vehicle_data_key}" if is_bearer else config.vehicle_data_key
    answer = http.get(
        url.replace("{patente}", quote(patente, safe="")),
        headers={name: key},
        allow_private=config.provider_allow_private,
        seconds=config.provider_timeout,
    )
    fuente = urlsplit(url).hostname or "proveedor"
    if answer.status == 404 and answer.is_json:
        return VehicleAnswer(make_answer(answer), {}, fuente)
    refuse_bad_status(answer)
    body = load_json(answer)
    if not isinstance(body, dict):
        raise ProviderError(UNREADABLE)
    if body.get("status") == "error":
        _refuse_error(body.get("code"))
        return VehicleAnswer(make_answer(answer), {}, fuente)
    told = body["data"] if isinstance(body.get("data"), dict) else body
    strange = check_plate(patente, _first(told, _PLATE_NAMES))
    datos, omitted = ({}, []) if strange else read_vehicle(told, today)
    return VehicleAnswer(make_answer(answer, (), omitted, strange), datos, fuente)


def read_vehicle(told: Mapping[str, Any], today: date) -> tuple[dict[str, Dato], list[str]]:
    """What an answer says of a vehicle, by field, and what of it could not be read, in words."""
    datos: dict[str, Dato] = {}
    omitted: list[str] = []
    for name, names in _NAMES.items():
        kept = Leniency()
        campo = CAMPOS[name]
        text = kept.text(name, campo.label, _first(told, names), campo.limit)
        if kept.advertencias:
            omitted.append(f"{campo.label} no se entiende")
            continue
        if text is None:
            continue
        found = judge(name, text, today=today)
        if found.refusal:
            omitted.append(f"{campo.label} no se entiende")
        elif name in found.valores:
            datos[name] = found.valores[name]
    return datos, omitted


def _first(told: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first of some keys that says something, whatever its capitals."""
    folded = {key.lower(): value for key, value in told.items()}
    return next((folded[name] for name in names if folded.get(name) not in (None, "")), None)


def _refuse_error(code: Any) -> None:
    if code in _NOTHING:
        return
    if code in _KEY_CODES:
        raise ProviderError(
            "El proveedor de pórticos rechazó la clave de acceso. Revise PROVIDER_API_KEY en la "
            "configuración.",
            retry=False,
        )
    raise ProviderError("El proveedor de pórticos respondió con un error que no se conoce.")


def _of_vehicles(sentence: str) -> str:
    """A sentence about the gantry provider, said of this one: both are asked in the same way."""
    return (
        sentence.replace("proveedor de pórticos", "proveedor de datos de vehículos")
        .replace("PROVIDER_API_URL", "VEHICLE_DATA_URL")
        .replace("PROVIDER_API_KEY", "VEHICLE_DATA_KEY")
    )
