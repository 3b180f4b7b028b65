"""The plain protocol: a bearer key, and a list of crossings with their moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from app.avistamientos.rules.crossings import Crossing
from app.consultas.outside import http
from app.consultas.outside.interface import ProviderAnswer, ProviderError
from app.consultas.outside.provider_answer import (
    UNREADABLE,
    Leniency,
    Moment,
    Schema,
    load_json,
    make_answer,
    read_items,
    refuse_bad_status,
)
from app.consultas.rules.alcance import GENERICO
from app.core.clock import local_today
from app.core.time_zones import zone_of
from config import Config


class GenericoItem(Schema):
    """One crossing; only its moment is required."""

    fecha_hora: Moment
    ubicacion: Any = None
    empresa: Any = None
    monto: Any = None

    def to_sighting(self) -> Crossing:
        """The crossing in the product's words; what cannot be read of it is a warning."""
        said = self.fecha_hora
        kept = Leniency()
        place = kept.text("ubicacion", "Lugar", self.ubicacion, 200)
        zone = zone_of(text=place)
        moment, written, day = None, None, said
        if isinstance(said, datetime):
            day = said.date()
            if said.tzinfo is None:
                written = said
            else:
                moment, day = said, local_today(said, zone)
        return Crossing(
            fecha=day,
            fecha_hora=moment,
            ubicacion=place,
            empresa=kept.text("empresa", "Empresa", self.empresa, 120),
            monto=kept.pesos("monto", self.monto),
            advertencias_ingreso=kept.advertencias,
            escrita=written,
        ).read_in(zone)


class Generico:
    """``GET {PROVIDER_API_URL}/porticos/{patente}`` with ``Authorization: Bearer``."""

    name = "generico"
    alcance = GENERICO

    def __init__(self, config: Config) -> None:
        self._config = config

    def check(self, patente: str) -> ProviderAnswer:
        """Ask for the crossings of a plate.

        Raises:
            ProviderError: there is no usable answer.
        """
        config = self._config
        answer = http.get(
            f"{config.provider_api_url}/porticos/{quote(patente, safe='')}",
            headers={"Authorization": f"Bearer {config.provider_api_key}"},
            allow_private=config.provider_allow_private,
            seconds=config.provider_timeout,
        )
        refuse_bad_status(answer)
        data = load_json(answer)
        items = data.get("avistamientos") if isinstance(data, dict) else None
        if not isinstance(items, list):
            raise ProviderError(UNREADABLE)
        good, bad = read_items(items, GenericoItem, "avistamiento")
        return make_answer(answer, (item.to_sighting() for _, item in good), bad)
