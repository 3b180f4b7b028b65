"""The OpenAPI document and its page: every route is told, and nothing comes from elsewhere."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest

METHODS = {"get", "post", "patch", "delete"}


@pytest.fixture
def document(stranger):
    response = stranger.get("/openapi.json")
    assert response.status_code == 200
    return response.get_json()


def operations(document):
    return {
        f"{method} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_the_document_is_of_the_version_that_it_says(document):
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": "/"}]


def test_every_route_of_the_api_and_the_health_are_in_it(app, document):
    argument = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
    routes = {
        f"{method.lower()} " + argument.sub(r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {name.upper() for name in METHODS}
        if rule.endpoint.startswith("api.") or rule.endpoint == "health.health"
    }

    assert set(operations(document)) == routes


def test_every_route_says_what_it_does_what_it_refuses_and_shows_an_example(document):
    for name, operation in operations(document).items():
        assert operation["summary"], name
        assert any(code[0] in "45" for code in operation["responses"]), name
        for content in contents(operation):
            assert "example" in content or content["schema"].get("format") == "binary", name


def contents(operation):
    """Everything that is sent and answered, but forms, which have a file."""
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [
        content
        for body in bodies
        for media, content in body.get("content", {}).items()
        if media != "multipart/form-data"
    ]


def test_every_example_is_what_its_schema_takes(document):
    for name, operation in operations(document).items():
        for content in contents(operation):
            if "example" not in content:
                continue
            schema = {**content["schema"], "components": document["components"]}
            assert jsonschema_rs.is_valid(schema, content["example"]), name


def test_every_reference_leads_somewhere(document):
    text = str(document)
    names = set(re.findall(r"#/components/schemas/(\w+)", text))

    assert names <= set(document["components"]["schemas"])
    assert len({op["operationId"] for op in operations(document).values()}) == len(
        operations(document)
    )


@pytest.mark.e2e
@pytest.mark.parametrize("width", [360, 1440])
def test_the_page_draws_the_document_under_the_security_policy(live_server, new_page, width):
    page = new_page(base_url=live_server, width=width)
    page.tolerated.append(r"the server responded with a status of 401")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/docs")
    login = page.locator("#operations-Cuenta_propia-auth_login")
    login.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator(".live-responses-table .response-col_status").last
    answer.wait_for()

    assert answer.inner_text().startswith("401")
    assert all(url.startswith((live_server, "data:", "blob:")) for url in asked), asked
