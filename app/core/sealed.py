"""What a model declares of its rows that is evidence. The chain of custody seals it."""

from __future__ import annotations

from dataclasses import dataclass

#: The chain of what belongs to no case: no oficio has this number.
OFFICE_CHAIN = 0


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """Which columns of a row are sealed, and in whose chain.

    A model lists one or more as ``__sealed__``. Whatever adds, changes or removes such a row is
    then sealed by the transaction itself; there is nothing to call.
    """

    #: As links name it; at most 20 characters, once in an application.
    tipo: str
    #: How a row is called in a finding: «la entrada de la bitácora».
    label: str
    #: Columns as they are. One that is added later is sealed at the next start.
    fields: tuple[str, ...]
    #: Long texts, of which the SHA-256 is sealed.
    hashed: tuple[str, ...] = ()
    #: Relationships to many rows, of which the ids are sealed.
    lists: tuple[str, ...] = ()
    #: The column with the oficio's id; a row that has none there is in the office's chain, and all
    #: rows are when it is None.
    chain: str | None = "oficio_id"
    #: The column that leads to the row that has ``chain``, where this one has not.
    through: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All that a seal holds of a row."""
        return (*self.fields, *self.hashed, *self.lists)
