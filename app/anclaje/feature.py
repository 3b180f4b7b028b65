"""A witness outside for the chains of custody, whom nobody with the database can rewrite."""

from __future__ import annotations

from app.anclaje import pages
from app.anclaje.cli import anclaje_cli
from app.anclaje.jobs import anchor_chains, stamp
from app.anclaje.models import Ancla, HojaAncla, Nodo, SelloTiempo
from app.anclaje.queries import list_anchored
from app.anclaje.service import check_log
from app.custodia.queries import check_witness
from app.custodia.queries import list_anchored as asked_anchored
from app.feature import Feature

FEATURE = Feature(
    name="anclaje",
    models=(Ancla, HojaAncla, Nodo, SelloTiempo),
    pages=(pages,),
    commands=(anclaje_cli,),
    jobs=(anchor_chains, stamp),
    provides=(asked_anchored.by(list_anchored), check_witness.by(check_log)),
)
