"""Boostr, the public vendor: its own key header, errors with HTTP 200, days without an hour."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from app.avistamientos.rules.crossings import Crossing
from app.consultas.outside import http
from app.consultas.outside.interface import ProviderAnswer, ProviderError
from app.consultas.outside.provider_answer import (
    KEY_REFUSED,
    UNREADABLE,
    Day,
    Leniency,
    Schema,
    load_json,
    make_answer,
    read_items,
    refuse_bad_status,
)
from app.consultas.rules.alcance import BOOSTR
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from config import Config

NO_DATA = "V-02"
_PLATE_REFUSED = ("V-01", "V-04")
_SOURCE_DOWN = "V-05"
_KEY_CODES = ("MISSING_API_KEY", "INVALID_API_KEY")


class Dia(Schema):
    """A day with crossings; its own amount is the sum of theirs."""

    date: Day
    amount: Any = None
    details: Any = None


class Detalle(Schema):
    """One crossing of a day."""

    amount: Any = None
    company: Any = None


class Boostr:
    """``GET {PROVIDER_API_URL}{PROVIDER_PATH}`` with ``X-API-KEY``.

    The path of its gantry look-up is not public, so it is a setting.
    """

    name = "boostr"
    alcance = BOOSTR

    def __init__(self, config: Config) -> None:
        self._config = config

    def check(self, patente: str) -> ProviderAnswer:
        """Ask for the crossings of a plate.

        Raises:
            ProviderError: there is no usable answer.
        """
        config = self._config
        path = config.provider_path.replace("{patente}", quote(patente, safe=""))
        answer = http.get(
            f"{config.provider_api_url}/{path.lstrip('/')}",
            headers={"X-API-KEY": config.provider_api_key},
            allow_private=config.provider_allow_private,
            seconds=config.provider_timeout,
        )
        refuse_bad_status(answer)
        body = load_json(answer)
        if not isinstance(body, dict):
            raise ProviderError(UNREADABLE)
        if body.get("status") == "error":
            refuse_error_code(body.get("code"))
            return make_answer(answer)
        data = body.get("data")
        days = data.get("dates") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(days, list):
            raise ProviderError(UNREADABLE)
        sightings, omitted = read_days(days)
        return make_answer(answer, sightings, omitted, check_plate(patente, data.get("plate")))


def refuse_error_code(code: Any) -> None:
    """Say in words what an error code means; ``V-02`` is an answer: there is nothing.

    Raises:
        ProviderError: any other code.
    """
    if code == NO_DATA:
        return
    if code in _KEY_CODES:
        raise ProviderError(KEY_REFUSED, retry=False)
    if code in _PLATE_REFUSED:
        raise ProviderError(
            "El proveedor de pórticos no reconoce la patente. Compárela con el documento.",
            retry=False,
        )
    if code == _SOURCE_DOWN:
        raise ProviderError("La fuente del proveedor de pórticos está caída. Se intenta más tarde.")
    raise ProviderError("El proveedor de pórticos respondió con un error que no se conoce.")


def read_days(days: list[Any]) -> tuple[list[Crossing], list[str]]:
    """The crossings of each day, and what could not be read.

    A day without details, or with none that can be read, is one sighting: the vehicle passed
    somewhere that day.
    """
    sightings: list[Crossing] = []
    good, omitted = read_items(days, Dia, "día")
    for number, dia in good:
        listed = dia.details if isinstance(dia.details, list) else []
        details, bad = read_items(listed, Detalle, f"día {number}, paso")
        omitted += bad
        sightings += [_crossing(dia.date, detail) for _, detail in details]
        if not details:
            sightings.append(_whole_day(dia))
    return sightings, omitted


def _crossing(day: date, detail: Detalle) -> Crossing:
    kept = Leniency()
    return Crossing(
        fecha=day,
        empresa=kept.text("empresa", "Empresa", detail.company, 120),
        monto=kept.pesos("monto", detail.amount),
        advertencias_ingreso=kept.advertencias,
    )


def _whole_day(dia: Dia) -> Crossing:
    kept = Leniency()
    monto = kept.pesos("monto", dia.amount)
    if dia.details:
        kept.advertencias["detalle"] = "El detalle de los pasos de ese día no se pudo leer."
    return Crossing(fecha=dia.date, monto=monto, advertencias_ingreso=kept.advertencias)


def check_plate(asked: str, answered: Any) -> list[str]:
    """Warn when the answer names another plate than the one that was asked for."""
    if not isinstance(answered, str):
        return []
    try:
        same = parse_patente(answered).valor in parse_patente(asked).equivalentes
    except InvalidValue:
        same = False
    return [] if same else ["La respuesta nombra otra patente que la consultada."]
