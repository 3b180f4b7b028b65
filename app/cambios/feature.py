"""Which tables changed, and pages that a browser has already."""

from __future__ import annotations

from flask import Flask

from app.cambios import pages
from app.cambios.models import CambioDeTabla
from app.cambios.service import stamp_all, watch_writes
from app.db import db
from app.feature import Feature, Preparation
from app.web.conditional import find_unchanged


def _init(app: Flask) -> None:
    with app.app_context():
        engine = db.engine
    watch_writes(engine)
    pages.init_conditional(app, engine)


FEATURE = Feature(
    name="cambios",
    models=(CambioDeTabla,),
    provides=(find_unchanged.by(pages.answer_unchanged),),
    prepares=Preparation(rows=stamp_all),
    init=_init,
)
