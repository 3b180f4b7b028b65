"""Sealing what happens to evidence, and telling whether it still is as it was sealed."""

from app.custodia.service.appending import append
from app.custodia.service.beginning import begin, begin_at_start
from app.custodia.service.collecting import (
    UnsealedWrite,
    execute_sealed,
    removal_reason,
    touch,
)
from app.custodia.service.erasing import count_unsalted, erase_sealed
from app.custodia.service.inserting import NewRows, insert_rows, prepare_rows, take_ids
from app.custodia.service.settling import seal_disclosures_anew, seal_settled
from app.custodia.service.verifying import Verificacion, store_review, verify, verify_all

__all__ = [
    "NewRows",
    "UnsealedWrite",
    "Verificacion",
    "append",
    "begin",
    "begin_at_start",
    "count_unsalted",
    "erase_sealed",
    "execute_sealed",
    "insert_rows",
    "prepare_rows",
    "removal_reason",
    "seal_disclosures_anew",
    "seal_settled",
    "store_review",
    "take_ids",
    "touch",
    "verify",
    "verify_all",
]
