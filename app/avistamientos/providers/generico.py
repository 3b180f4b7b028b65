"""The plain protocol: a bearer key, and a list of crossings with their moment."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from app.avistamientos.alcance import GENERICO
from app.avistamientos.providers import http
from app.avistamientos.providers.interface import Answer, ProviderError, Sighting
from app.avistamientos.providers.reading import (
    UNREADABLE,
    Empresa,
    Moment,
    Pesos,
    Schema,
    Ubicacion,
    load_json,
    make_answer,
    read_items,
    refuse_bad_status,
)
from app.core.clock import local_today
from config import Config


class Item(Schema):
    """One crossing; only its moment is required."""

    fecha_hora: Moment
    ubicacion: Ubicacion = None
    empresa: Empresa = None
    monto: Pesos = None

    def to_sighting(self) -> Sighting:
        """The crossing in the product's words."""
        moment = self.fecha_hora if isinstance(self.fecha_hora, datetime) else None
        return Sighting(
            fecha=local_today(moment) if moment else self.fecha_hora,
            fecha_hora=moment,
            ubicacion=self.ubicacion,
            empresa=self.empresa,
            monto=self.monto,
        )


class Generico:
    """``GET {BOOSTR_API_URL}/porticos/{patente}`` with ``Authorization: Bearer``."""

    name = "generico"
    alcance = GENERICO

    def __init__(self, config: Config) -> None:
        self._config = config

    def check(self, patente: str) -> Answer:
        """Ask for the crossings of a plate.

        Raises:
            ProviderError: there is no usable answer.
        """
        config = self._config
        answer = http.get(
            f"{config.boostr_api_url}/porticos/{quote(patente, safe='')}",
            headers={"Authorization": f"Bearer {config.boostr_api_key}"},
            allow_private=config.provider_allow_private,
            seconds=config.provider_timeout,
        )
        refuse_bad_status(answer)
        data = load_json(answer)
        items = data.get("avistamientos") if isinstance(data, dict) else None
        if not isinstance(items, list):
            raise ProviderError(UNREADABLE)
        good, bad = read_items(items, Item, "avistamiento")
        return make_answer(answer, (item.to_sighting() for _, item in good), bad)
