"""What all schemas share: what comes in is strict, what may be left out, how lists are cut."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from app.api.v1.schemas.fields import MAX_ID
from app.core.errors import InvalidValue


def example(**values: Any) -> dict[str, Any]:
    """What the document shows as an example of a schema."""
    return {"examples": [values]}


class Body(BaseModel):
    """What a request brings: what is not known is refused, and ``"1"`` is not a number.

    ``defer_build``, here and below: a schema is built when it is first used. Most processes that
    start use none of them.
    """

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


class Change(Body):
    """What to correct of something; what is left out stays as it is."""

    #: Fields that may be left out, not taken away.
    NOT_NULL: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*")
    @classmethod
    def _not_emptied(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name in cls.NOT_NULL:
            raise InvalidValue("No puede quedar vacío.")
        return value

    def given(self) -> dict[str, Any]:
        """What the asker sent, by the names of the code; ``version`` is no change."""
        return self.model_dump(exclude_unset=True, exclude={"version"})

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Say in the document that null is refused where it is."""
        super().__pydantic_init_subclass__(**kwargs)
        for name in cls.NOT_NULL:
            cls.model_fields[name].json_schema_extra = _without_null
        if cls.NOT_NULL:
            cls.model_rebuild(force=True)


def _without_null(schema: dict[str, Any]) -> None:
    schema.pop("default", None)
    kept = [option for option in schema.pop("anyOf", []) if option.get("type") != "null"]
    if kept:
        schema.update(kept[0])


class Query(BaseModel):
    """What stands behind the question mark, where everything is text."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Shown(BaseModel):
    """What is answered, read from a row."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True, defer_build=True)


class Paging(Query):
    """Which part of a list."""

    skip: Annotated[int, Field(ge=0, le=MAX_ID, description="Cuántos saltar.")] = 0
    limit: Annotated[int, Field(ge=1, le=100, description="Cuántos mostrar.")] = 20


class Problema(BaseModel):
    """What one value is refused for."""

    loc: list[str | int]
    msg: str
    type: str


class ErrorShown(BaseModel):
    """Why something was refused, in a sentence."""

    model_config = ConfigDict(json_schema_extra=example(detail="Oficio no encontrado"))

    detail: str


class ValidationShown(BaseModel):
    """Which values were refused, and why; or one sentence about all of them together."""

    model_config = ConfigDict(
        json_schema_extra=example(
            detail=[
                {"loc": ["body", "nombre"], "msg": "Falta este dato.", "type": "missing"},
            ]
        )
    )

    detail: list[Problema] | str
