"""The base of every table, and the types of its columns on both databases."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase

from app.core.personal_data import Personal
from app.core.sealed import Sealed


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware datetime, stored as UTC; SQLite would drop the zone and give back a naive one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive datetimes, which nobody can place in time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given to the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give every stored time its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ShortText(sa.types.TypeDecorator[str]):
    """Text with a real limit on both databases.

    SQLite takes over-long strings and NUL bytes, PostgreSQL neither. Forms refuse both with a
    sentence; this is the last guard for what did not come through a form.
    """

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Refuse what PostgreSQL would refuse."""
        limit = self.impl_instance.length  # type: ignore[attr-defined]  # impl is String(n)
        if value is not None and (len(value) > limit or "\x00" in value):
            raise ValueError(f"text of {len(value)} characters does not fit {limit}, or has a NUL")
        return value


class Model(DeclarativeBase):
    """Base of every table.

    Enums are strings with a CHECK, not native database enums, so that a value can be added by an
    ordinary migration on both databases.
    """

    #: What of it is personal data.
    __personal__: ClassVar[Personal]
    #: What of it is evidence; nothing unless it says so.
    __sealed__: ClassVar[tuple[Sealed, ...]] = ()

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # read by SQLAlchemy as a plain class attribute
        datetime: UtcDateTime,
        str: ShortText(255),
        dict[str, Any]: sa.JSON,
        list[str]: sa.JSON,
        enum.Enum: sa.Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            validate_strings=True,
            length=40,
            values_callable=lambda enum_class: [member.value for member in enum_class],
        ),
    }


#: Sessions and engines; models inherit from ``Model``, not from ``db.Model``.
db = SQLAlchemy(metadata=Model.metadata)
