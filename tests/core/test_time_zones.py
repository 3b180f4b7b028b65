import csv
from zoneinfo import ZoneInfo

import pytest

from app.core import time_zones
from app.core.comunas import comunas
from app.core.time_zones import zone_of


def test_every_comuna_has_a_zone_that_the_installation_knows():
    with time_zones._TABLE.open(encoding="utf-8", newline="") as table:
        rows = {row["cut_comuna"]: row for row in csv.DictReader(table)}

    assert set(rows) == {comuna.codigo for comuna in comunas()}
    for comuna in comunas():
        assert zone_of(comuna.nombre) == ZoneInfo(rows[comuna.codigo]["zona_horaria"])


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ({"comuna": "Punta Arenas"}, "America/Punta_Arenas"),
        ({"comuna": "puerto natales"}, "America/Punta_Arenas"),
        ({"comuna": "Coihaique"}, "America/Coyhaique"),
        ({"comuna": "ISLA DE PASCUA"}, "Pacific/Easter"),
        ({"comuna": "Valparaíso"}, "America/Santiago"),
        ({"comuna": "No existe", "region": "Magallanes"}, "America/Punta_Arenas"),
        ({"region": "Aysén"}, "America/Coyhaique"),
        ({"region": "Valparaíso"}, "America/Santiago"),
        ({"lat": -53.16, "lon": -70.91}, "America/Punta_Arenas"),
        ({"lat": -45.57, "lon": -72.07}, "America/Coyhaique"),
        ({"lat": -27.15, "lon": -109.43}, "Pacific/Easter"),
        ({"lat": -33.45, "lon": -70.66}, "America/Santiago"),
        ({"comuna": "Ñuñoa", "lat": -53.16, "lon": -70.91}, "America/Santiago"),
        ({"text": "Costanera 120, Punta Arenas"}, "America/Punta_Arenas"),
        ({"text": "Plaza de Armas de Coyhaique"}, "America/Coyhaique"),
        ({"text": "Hanga Roa"}, "Pacific/Easter"),
        ({"text": "Ruta 9 Norte, Región de Magallanes"}, "America/Punta_Arenas"),
        ({"text": "Av. Punta Arenas 123, La Florida"}, "America/Santiago"),
        ({"text": "Av. Punta Arenas 123"}, "America/Santiago"),
        ({"text": "Pórtico P5, sentido norte"}, "America/Santiago"),
        ({"comuna": "Pta. Arenas"}, "America/Punta_Arenas"),
        ({"comuna": "Pto Natales"}, "America/Punta_Arenas"),
        ({"comuna": "puerto  Williams"}, "America/Punta_Arenas"),
        ({"comuna": "Punta Arena"}, "America/Punta_Arenas"),
        ({"comuna": "Comuna de Punta Arenas"}, "America/Punta_Arenas"),
        ({"comuna": "Punta Arenas, Chile"}, "America/Punta_Arenas"),
        ({"comuna": "Rapa-Nui"}, "Pacific/Easter"),
        ({"comuna": "Villa O’Higgins"}, "America/Coyhaique"),
        ({"comuna": "Villarica"}, "America/Santiago"),
        ({"comuna": "Punta Arena", "lat": -33.45, "lon": -70.66}, "America/Santiago"),
        ({"region": "XII Región"}, "America/Punta_Arenas"),
        ({"region": "Magallanes y la Antártica Chilena"}, "America/Punta_Arenas"),
        ({"region": "Valparaíso", "lat": -27.15, "lon": -109.42}, "Pacific/Easter"),
        ({"region": "Valparaíso", "text": "Hanga Roa"}, "Pacific/Easter"),
        ({"text": "Policarpo Toro s/n, Hanga Roa, Valparaíso, Chile"}, "Pacific/Easter"),
        ({"text": "Calle Isla de Pascua 12, Valparaíso"}, "America/Santiago"),
        ({"text": "Av. Colón 123 Punta Arenas"}, "America/Punta_Arenas"),
        ({"text": "Bulnes 50, Pto. Natales"}, "America/Punta_Arenas"),
        ({"text": "Costanera s/n, Punta Arenas 6200000, Chile"}, "America/Punta_Arenas"),
        ({"text": "Punta Arenas 1234"}, "America/Santiago"),
        ({"text": "Calle Aysén 24, Ñuñoa"}, "America/Santiago"),
        ({}, "America/Santiago"),
    ],
)
def test_the_zone_of_a_place_is_told_by_the_best_that_is_known(place, zone):
    assert zone_of(**place) == ZoneInfo(zone)
