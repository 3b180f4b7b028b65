"""What the API answers with: a schema's JSON, or one part of a list with the total beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Response, jsonify, make_response
from pydantic import BaseModel

from app.api.v1.schemas import Paging
from app.db import db


def answer(schema: BaseModel, status: int = 200) -> Response:
    """One thing as JSON."""
    return make_response(jsonify(schema.model_dump(mode="json")), status)


def answer_list(
    statement: sa.Select[Any], paging: Paging, show: Callable[[Any], BaseModel]
) -> Response:
    """The rows that the asker wants to see, and in ``X-Total-Count`` how many there are."""
    total = db.session.scalar(
        sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    )
    rows = db.session.scalars(statement.offset(paging.skip).limit(paging.limit))
    response = jsonify([show(row).model_dump(mode="json") for row in rows])
    response.headers["X-Total-Count"] = str(total)
    return response
