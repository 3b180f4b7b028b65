"""URL converters."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter

#: The largest id that a column holds on PostgreSQL.
LARGEST_ID = 2**31 - 1


def row_id(text: str) -> int:
    """Parse a row id; return 0, which no row has, if it exceeds 2³¹−1.

    Raises:
        ValueError: it is no number.
    """
    number = int(text) if len(text) <= len(str(LARGEST_ID)) else 0
    return number if 0 < number <= LARGEST_ID else 0


class RowIdConverter(IntegerConverter):
    """The id of a row; one that no database can hold is that of no row: 404, not an error.

    It is read as 0 instead of not at all: an address that does not fit is answered with 405 when
    other methods have rules of the same shape.
    """

    def to_python(self, value: str) -> int:
        """Parse the id of the URL."""
        return row_id(value)
