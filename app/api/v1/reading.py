"""What a request brings, read into a schema before the view sees it, or refused in Spanish."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from app.web.error_pages import error_response

View = TypeVar("View", bound=Callable[..., Any])

#: Bytes of JSON that one request may bring.
MAX_BODY = 1024 * 1024

_NOT_JSON = "Envíe el cuerpo como JSON, con la cabecera «Content-Type: application/json»."
_NOT_FORM = "Envíe el archivo como formulario, con la cabecera «Content-Type: multipart/form-data»."
_TOO_BIG = "El cuerpo pesa más de 1 MB. Envíe menos datos por solicitud."
_WHOLE_NUMBER = "Debe ser un número entero."
_NUMBER = "Debe ser un número."
_TRUE_OR_FALSE = "Debe ser true o false."
_OBJECT = "Debe ser un objeto JSON."
_DATE = "Debe ser una fecha, por ejemplo 2026-11-24."
_MOMENT = "Debe ser una fecha con hora, por ejemplo 2026-11-24T18:42:00-03:00."
#: Pydantic's types of errors, in words. Its own are in English and may repeat a password.
_SENTENCES = {
    "missing": "Falta este dato.",
    "extra_forbidden": "Este dato no existe aquí. Quítelo o revise cómo está escrito.",
    "json_invalid": "El cuerpo no es JSON bien formado.",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "string_type": "Debe ser un texto.",
    "string_too_long": "No puede tener más de {max_length} caracteres.",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _TRUE_OR_FALSE,
    "bool_parsing": _TRUE_OR_FALSE,
    "list_type": "Debe ser una lista.",
    "too_long": "No puede tener más de {max_length} elementos.",
    "greater_than_equal": "Debe ser {ge} o más.",
    "less_than_equal": "Debe ser {le} o menos.",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
}

#: Fields that no body takes, with what to do instead.
_INSTEAD = {
    "password": "Nadie elige la contraseña de otra persona: quite este dato. La persona la elige "
    "con el enlace de su invitación.",
}


def takes(
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    form: type[BaseModel] | None = None,
) -> Callable[[View], View]:
    """Give the view its ``body``, ``query`` and ``form`` as the schemas read them.

    ``form`` is a multipart form whose file the view takes from the request itself.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def read(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            try:
                if query is not None:
                    kwargs["query"] = query.model_validate(request.args.to_dict())
                if form is not None:
                    if request.mimetype != "multipart/form-data":
                        return error_response(415, _NOT_FORM)
                    kwargs["form"] = form.model_validate(request.form.to_dict())
            except ValidationError as error:
                return _refuse(error, "query" if form is None else "body")
            if body is not None:
                if not request.is_json:
                    return error_response(415, _NOT_JSON)
                raw = _read_body()
                if raw is None:
                    return error_response(413, _TOO_BIG)
                try:
                    kwargs["body"] = body.model_validate_json(raw)
                except ValidationError as error:
                    return _refuse(error, "body")
            answer: ResponseReturnValue = view(*args, **kwargs)
            return answer

        read.__takes__ = {"body": body, "query": query, "form": form}  # type: ignore[attr-defined]  # read by openapi.py
        return read  # type: ignore[return-value]  # wraps keeps the view's signature

    return decorate


def _read_body() -> bytes | None:
    """What was sent, or None when it is too much.

    A body that announces its length is refused by it; one that comes in chunks is cut by Werkzeug
    where it reaches the limit.
    """
    request.max_content_length = MAX_BODY
    try:
        raw = request.get_data()
    except RequestEntityTooLarge:
        return None
    return raw if len(raw) < MAX_BODY else None


def invalid(field: str, sentence: str) -> Response:
    """422 for a value of the body that only the database could judge."""
    return _unprocessable([{"loc": ["body", field], "msg": sentence, "type": "value_error"}])


def _refuse(error: ValidationError, place: str) -> Response:
    return _unprocessable(
        [
            {
                "loc": [place, *problem["loc"]],
                "msg": _instead(problem) or _say(problem["type"], problem.get("ctx", {})),
                "type": problem["type"],
            }
            for problem in error.errors(include_url=False, include_input=False)
        ]
    )


def _instead(problem: Any) -> str | None:
    is_unknown = problem["type"] == "extra_forbidden"
    return _INSTEAD.get(str(problem["loc"][-1])) if is_unknown else None


def _say(kind: str, context: dict[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])  # a parser of app.core said it
    if kind == "enum":
        words = str(context["expected"]).replace("'", "").replace(" or ", " o ")
        return f"Debe ser una de estas palabras: {words}."
    return _SENTENCES.get(kind, "Este valor no es válido.").format(**context)


def _unprocessable(detail: list[dict[str, Any]]) -> Response:
    return make_response(jsonify(detail=detail), 422)
