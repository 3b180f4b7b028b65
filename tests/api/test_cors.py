"""Browsers that show a page of another domain."""

from __future__ import annotations

import pytest

SITE = "https://intranet.ejemplo.cl"
PREFLIGHT = {
    "Origin": SITE,
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.mark.parametrize("configured", [SITE, f"{SITE}/", "*"])
def test_a_page_of_a_site_that_is_named_may_ask(configured, configure, nobody, admin_api, buffet):
    configure(backend_cors_origins=("https://otro.ejemplo.cl", configured))
    path = f"/buffets/{buffet.id}"

    asked = nobody("OPTIONS", path, headers=PREFLIGHT)
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == SITE
    assert "PATCH" in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]

    answer = admin_api("GET", "/buffets/", headers={"Origin": SITE})
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert "X-Total-Count" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    refused = nobody("GET", "/buffets/", headers={"Origin": SITE})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == SITE
    for response in (asked, answer, refused):
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "origin", [f"{SITE}.malo.example", "null", "", "http://intranet.ejemplo.cl"]
)
def test_a_page_of_any_other_site_may_not(origin, configure, nobody, admin_api):
    configure(backend_cors_origins=(SITE,))

    for response in (
        nobody("OPTIONS", "/buffets/", headers={**PREFLIGHT, "Origin": origin}),
        admin_api("GET", "/buffets/", headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers
    own = admin_api("GET", "/buffets/", headers={"Origin": SITE})
    assert own.headers["Access-Control-Allow-Origin"] == SITE


def test_without_configuration_no_site_may(nobody, configure):
    response = nobody("OPTIONS", "/buffets/", headers=PREFLIGHT)
    assert "Access-Control-Allow-Origin" not in response.headers

    configure(backend_cors_origins=(SITE,))
    response = nobody("OPTIONS", "/buffets/", headers=PREFLIGHT)
    assert response.headers["Access-Control-Allow-Origin"] == SITE


def test_the_pages_are_for_no_other_site(configure, admin):
    configure(backend_cors_origins=("*",))
    response = admin.get("/admin/buffets", headers={"Origin": SITE})

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers
