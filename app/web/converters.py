"""What may stand in an address."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

#: The largest id that a column holds on PostgreSQL.
LARGEST_ID = 2**31 - 1


class RowIdConverter(IntegerConverter):
    """The id of a row; one that no database can hold is just not there: 404, not an error."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST_ID, **kwargs})
