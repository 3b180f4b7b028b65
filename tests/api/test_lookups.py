"""What programs ask again and again is found by indexes, however many years an office has."""

from __future__ import annotations

from flask import Flask

from tests.architecture.test_indexes import scanned, sent


def test_neither_metrics_nor_the_list_of_the_api_walk_through_what_grows(
    app: Flask, oficio, admin_api
) -> None:
    client = app.test_client()
    for ask in (
        lambda: client.get("/metrics"),
        lambda: client.get("/metrics.json"),
        lambda: admin_api("GET", "/oficios/?limit=20"),
        lambda: admin_api("GET", f"/oficios/?buffet_id={oficio.buffet_id}&estado=pendiente"),
    ):
        ask()
        with sent(app) as asked:
            assert ask().status_code == 200
        assert asked
        assert scanned(app, asked, "") == []
