"""The sealed chain, and what verifies it."""

from __future__ import annotations

from app.custodia.cli import custodia_cli
from app.custodia.jobs import seal_disclosures, verify_chains
from app.custodia.models import Cabeza, Eslabon, Revision, SelloDivulgaciones
from app.custodia.service import begin_at_start
from app.feature import Feature, Preparation

FEATURE = Feature(
    name="custodia",
    models=(Cabeza, Eslabon, Revision, SelloDivulgaciones),
    commands=(custodia_cli,),
    jobs=(verify_chains, seal_disclosures),
    prepares=Preparation(last=begin_at_start),
)
