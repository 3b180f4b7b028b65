"""The catalogue of gantries."""

from __future__ import annotations

from app.feature import Feature, Preparation
from app.porticos import pages
from app.porticos.models import AliasPortico, Portico
from app.porticos.service import load_seed
from app.web.navigation import Audience, Group, Link, Menu

FEATURE = Feature(
    name="porticos",
    models=(AliasPortico, Portico),
    pages=(pages,),
    navigation=(
        Link(
            Menu.ADMIN,
            40,
            "porticos.index",
            "Pórticos",
            "map-pin",
            audience=Audience.ADMIN,
            text="El catálogo: vía, sentido y lugar de cada uno.",
            group=Group.CON_QUIEN,
        ),
    ),
    prepares=Preparation(rows=load_seed),
)
