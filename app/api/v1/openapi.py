"""The OpenAPI document, written from the routes themselves and from what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from app.api.rules import needed_for
from app.api.v1.describing import Gives
from app.api.v1.repeating import HEADER
from app.api.v1.schemas.base import ErrorShown, ValidationShown
from app.api.v1.schemas.publico import HealthShown

TITLE = "Rastro"
VERSION = "1.0"
_REF = "#/components/schemas/"
_ARGUMENT = re.compile(r"<(?:(?P<kind>[a-z]+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_INTRODUCTION = """\
La API JSON de Rastro, para los programas y sitios propios de la oficina.

Pida un token en `POST /api/v1/auth/login`, o una clave al administrador (Administración, Claves de
la API), y envíelo como `Authorization: Bearer …`. Cada dirección responde con y sin la barra final.

Si la cuenta tiene un segundo factor, `login` pide además `codigo` (el de su aplicación, o uno de
respaldo): sin él responde 401 con `"motivo": "codigo_requerido"`, y con otro, `codigo_equivocado`.
Si la oficina lo exige y la cuenta no lo tiene, 403 con `segundo_factor_por_activar`.

- **Listas**: `skip` y `limit`; el total viene en `X-Total-Count`.
- **Errores**: `{"detail": "…"}`; los de validación (422) dicen qué dato y por qué.
- **Repetir sin duplicar**: los POST que crean o encolan aceptan `Idempotency-Key`.
- **No pisar cambios ajenos**: envíe en `If-Match` la `ETag` que leyó, o `version` en el cuerpo.
- **Alcances**: `lectura` abre los GET y `escritura` lo demás; `datos_personales` muestra RUT,
  teléfono y correo sin tapar. Una clave tiene los que se marcaron al crearla, y vence; un token,
  los de `alcances`.
- **Límites**: 600 solicitudes por minuto y cuenta; al pasarlos, 429 con `Retry-After`.
"""
_TAGS = {
    "auth": "Cuenta propia",
    "buffets": "Buffets",
    "usuarios": "Usuarios",
    "oficios": "Oficios",
    "encolar": "Consultas y avisos",
    "importaciones": "Planillas importadas",
    "tablero": "Tableros",
    "partes": "Personas y bitácora",
    "lugares": "Direcciones, visitas y avistamientos",
    "cuando": "Cuándo y dónde ir",
    "ubicaciones": "Vehículos ubicados",
    "promesas": "Promesas a los buffets",
    "informes": "Informes",
    "adjuntos": "Fotos y documentos",
    "mensajes": "Mensajes con el buffet",
    "notificaciones": "Notificaciones",
    "solicitudes": "Solicitudes de personas",
    "retencion": "Retención de datos",
    "trabajos": "Trabajos",
    "eventos": "Eventos",
}
_WORDS = {
    400: "La solicitud choca con lo que ya existe, o no se entiende.",
    401: "Falta un token o una clave que valga.",
    403: "Esta cuenta o clave no puede hacer eso.",
    404: "No existe, o no está a su alcance.",
    409: "Una regla del caso lo impide, o alguien lo cambió primero.",
    412: "Ya no es lo que dice If-Match.",
    413: "Lo enviado es demasiado grande.",
    415: "Lo enviado no es del tipo que esta dirección lee.",
    422: "Algún dato falta o no se entiende.",
    429: "Demasiadas solicitudes seguidas; espere lo que dice Retry-After.",
    503: "No está disponible por ahora.",
}
_GOOD = {200: "Hecho.", 201: "Creado.", 202: "Aceptado: se hará pronto.", 204: "Hecho; sin cuerpo."}


def build_document(app: Flask) -> dict[str, Any]:
    """The document of every route of the API, wherever the installation answers."""
    schemas = _Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                view = app.view_functions[rule.endpoint]
                operation = _operation(rule, method, view, schemas)
                paths.setdefault(_path(rule), {})[method.lower()] = operation
    paths["/health"] = {"get": _health(schemas)}
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in _TAGS.values()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "schemas": schemas.definitions,
        },
    }


class _Schemas:
    """The schemas that routes name, each written once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}

    def reference(self, model: type[BaseModel], mode: Any) -> dict[str, str]:
        """Where the document has a schema; it is added when it is new."""
        _, written = models_json_schema([(model, mode)], ref_template=_REF + "{model}")
        for name, schema in written["$defs"].items():
            schema.pop("description", None)  # it is written for who reads the code
            self.definitions.setdefault(name, schema)
        return {"$ref": _REF + model.__name__}

    def inline(self, model: type[BaseModel]) -> dict[str, Any]:
        """A schema with its own fields, for query parameters."""
        _, written = models_json_schema([(model, "validation")], ref_template=_REF + "{model}")
        definitions = dict(written["$defs"])
        own: dict[str, Any] = definitions.pop(model.__name__)
        for name, schema in definitions.items():
            schema.pop("description", None)
            self.definitions.setdefault(name, schema)
        return own


def _path(rule: Rule) -> str:
    return _ARGUMENT.sub(r"{\g<name>}", rule.rule)


def _operation(
    rule: Rule, method: str, view: Callable[..., Any], schemas: _Schemas
) -> dict[str, Any]:
    answer: Gives = view.__gives__  # type: ignore[attr-defined]  # every route has it, a test says
    roles = getattr(view, "__roles__", None)
    takes = getattr(view, "__takes__", {})
    parameters = [_argument(found) for found in _ARGUMENT.finditer(rule.rule)]
    if takes.get("query") is not None:
        parameters += _query(schemas.inline(takes["query"]))
    if getattr(view, "__once__", False):
        parameters.append(
            _header(HEADER, "Un texto propio de esta solicitud: repetida, no se hace otra vez.")
        )
    if 412 in answer.errors:
        parameters.append(_header("If-Match", "La ETag de lo que leyó."))
    if answer.media == ("text/event-stream",):
        parameters.append(_header("Last-Event-ID", "Id del último evento visto."))
    _, noun, verb = rule.endpoint.split(".")
    operation: dict[str, Any] = {
        "operationId": f"{noun}_{verb}",
        "summary": answer.summary.rstrip("."),
        "tags": [_TAGS[noun]],
        "parameters": parameters,
        "responses": {
            **_good(answer, schemas),
            **_bad(_errors(view, answer, rule), schemas),
        },
    }
    if roles is not None:
        operation["security"] = [{"bearer": [needed_for(method).value]}]
        if roles:
            names = ", ".join(rol.value for rol in roles)
            operation["description"] = f"Para: {names}."
    body = _body(takes, schemas)
    if body:
        operation["requestBody"] = body
    return operation


def _argument(found: re.Match[str]) -> dict[str, Any]:
    kinds: dict[str | None, dict[str, Any]] = {
        "int": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
        "uuid": {"type": "string", "format": "uuid"},
    }
    schema = kinds.get(found["kind"], {"type": "string", "minLength": 1})
    return {"name": found["name"], "in": "path", "required": True, "schema": schema}


def _query(schema: dict[str, Any]) -> list[dict[str, Any]]:
    parameters = []
    for name, field in schema["properties"].items():
        options = [item for item in field.pop("anyOf", []) if item.get("type") != "null"]
        if options:  # behind a question mark nothing is null: it is left out
            field.update(options[0])
            field.pop("default", None)
        parameter = {"name": name, "in": "query", "required": False, "schema": field}
        if words := field.pop("description", None):
            parameter["description"] = words
        parameters.append(parameter)
    return parameters


def _header(name: str, words: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": words,
        "schema": {"type": "string"},
    }


def _body(takes: dict[str, Any], schemas: _Schemas) -> dict[str, Any] | None:
    if (model := takes.get("body")) is not None:
        return {
            "required": True,
            "content": {
                "application/json": {
                    "schema": schemas.reference(model, "validation"),
                    "example": _example(model),
                }
            },
        }
    if (model := takes.get("form")) is not None:
        schema = schemas.inline(model)
        schema.pop("description", None)
        schema["properties"]["archivo"] = {
            "type": "string",
            "contentMediaType": "application/octet-stream",
        }
        schema["required"] = ["archivo"]
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    return None


def _good(answer: Gives, schemas: _Schemas) -> dict[str, Any]:
    response: dict[str, Any] = {"description": _GOOD[answer.status]}
    names = list(answer.headers)
    if answer.many:
        names.append("X-Total-Count")
    elif answer.schema is not None and answer.media == ("application/json",):
        names.append("ETag")
    if names:
        response["headers"] = {name: _HEADERS[name] for name in names}
    if answer.schema is None and answer.media != ("application/json",):
        response["content"] = {
            media: {"schema": {"type": "string", "format": "binary"}} for media in answer.media
        }
    elif answer.schema is not None:
        schema: dict[str, Any] = schemas.reference(answer.schema, "serialization")
        if answer.cliente is not None:
            theirs = schemas.reference(answer.cliente, "serialization")
            schema = {
                "description": "Para la oficina, o lo que lee una cuenta de cliente.",
                "anyOf": [schema, theirs],
            }
        shown = _example(answer.schema)
        if answer.media == ("text/event-stream",):
            # OpenAPI 3.1 has no word for a stream: some read its text, some its events one by one.
            schema = {"description": "Eventos (SSE): líneas id, event y data, y una línea vacía."}
            shown = f"id: {shown['id']}\nevent: {shown['tipo']}\ndata: {{…}}\n\n"
        elif answer.many:
            schema, shown = {"type": "array", "items": schema}, [shown]
        response["content"] = {answer.media[0]: {"schema": schema, "example": shown}}
    return {str(answer.status): response}


_HEADERS = {
    "X-Total-Count": {"description": "Cuántos hay en total.", "schema": {"type": "integer"}},
    "ETag": {
        "description": "La marca de este estado, para If-Match.",
        "schema": {"type": "string"},
    },
    "Location": {"description": "Dónde ver cómo va.", "schema": {"type": "string"}},
}


def _errors(view: Callable[..., Any], answer: Gives, rule: Rule) -> list[int]:
    """All refusals of a route: those it tells, and those that follow from its decorators."""
    roles, takes = getattr(view, "__roles__", None), getattr(view, "__takes__", {})
    found = {429, *answer.errors}
    if roles is not None:
        found |= {401}
        # A key without the scope of the method is refused, whatever its account's role.
        found |= {403}
    if "<" in rule.rule:
        found |= {404}
    if takes.get("body") is not None:
        found |= {413, 415, 422}
    if takes.get("form") is not None:
        found |= {400, 413, 415, 422}
    if takes.get("query") is not None:
        found |= {422}
    if getattr(view, "__once__", False):
        found |= {400, 409, 413, 422}
    return sorted(found)


def _bad(statuses: list[int], schemas: _Schemas) -> dict[str, Any]:
    responses = {}
    for status in statuses:
        model: type[BaseModel] = ValidationShown if status == 422 else ErrorShown
        content: dict[str, Any] = {"schema": schemas.reference(model, "serialization")}
        content["example"] = _example(model) if status == 422 else {"detail": _WORDS[status]}
        response: dict[str, Any] = {
            "description": _WORDS.get(status) or HTTPStatus(status).phrase,
            "content": {"application/json": content},
        }
        if status in {429, 503}:
            response["headers"] = {
                "Retry-After": {"description": "Segundos.", "schema": {"type": "integer"}}
            }
        responses[str(status)] = response
    return responses


def _health(schemas: _Schemas) -> dict[str, Any]:
    content = {
        "application/json": {
            "schema": schemas.reference(HealthShown, "serialization"),
            "example": _example(HealthShown),
        }
    }
    return {
        "operationId": "health",
        "summary": "Saber si la instalación está en pie",
        "tags": ["Instalación"],
        "responses": {
            "200": {"description": "Todo funciona.", "content": content},
            "503": {"description": "Dice qué parte no responde.", "content": content},
        },
    }


def _example(model: type[BaseModel]) -> Any:
    """The first example of a schema."""
    extra = model.model_config.get("json_schema_extra") or {}
    return extra["examples"][0]  # type: ignore[index]  # every schema of a route has one
