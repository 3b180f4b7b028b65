"""How often the API may be asked, also after a clock that was wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from limits import RateLimitItemPerMinute

from app.api.v1 import throttling
from app.api.v1.tokens import make_token, read_token
from app.core.clock import utcnow

#: Of a link that opens nothing.
GUESS = "/api/v1/publico/tablero/no-existe"
FEW = 3


@pytest.fixture
def few(throttled, monkeypatch):
    """A few requests of an address in a minute."""
    monkeypatch.setattr(throttling, "PER_ADDRESS", RateLimitItemPerMinute(FEW))


def statuses(client, count: int) -> list[int]:
    return [client.get(GUESS).status_code for _ in range(count)]


@pytest.mark.parametrize("skew", [timedelta(minutes=5), timedelta(days=2), timedelta(days=-2)])
def test_a_limit_lasts_its_own_minute_after_a_clock_was_put_right(
    few, stranger, skew, database_kind
):
    with time_machine.travel(utcnow() + skew):
        assert statuses(stranger, FEW + 1)[-1] == 429

    answer = stranger.get(GUESS)
    assert answer.status_code != 429 or int(answer.headers["Retry-After"]) <= 60
    # PostgreSQL counts by its own clock, which no test moves.
    if database_kind == "sqlite":
        with time_machine.travel(utcnow() + timedelta(seconds=61)):
            assert stranger.get(GUESS).status_code != 429


def test_a_limit_that_no_clock_disturbed_holds(few, stranger):
    assert 429 not in statuses(stranger, FEW)
    refused = stranger.get(GUESS)

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("skew", [timedelta(hours=2), timedelta(days=2)])
def test_a_sign_in_waits_no_longer_than_its_limit(
    throttled, stranger, usuario_admin, skew, database_kind
):
    wrong = {"email": usuario_admin.email, "password": "no es esta"}
    with time_machine.travel(utcnow() + skew):
        for _ in range(6):
            last = stranger.post("/api/v1/auth/login", json=wrong)
        assert last.status_code == 429

    answer = stranger.post("/api/v1/auth/login", json=wrong)
    if database_kind == "sqlite":
        assert answer.status_code == 401
    else:  # counted by PostgreSQL's clock, for which no time went by
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) <= 60


def test_a_token_of_a_clock_that_ran_ahead_does_not_outlive_its_period(app, usuario_admin):
    secret = str(app.secret_key)
    ahead = make_token(usuario_admin, secret, now=utcnow() + timedelta(days=2), minutes=30)
    right = make_token(usuario_admin, secret, now=utcnow(), minutes=30)

    assert read_token(ahead, secret) is None
    found = read_token(right, secret)
    assert found is not None
    assert found.session_id == usuario_admin.get_id()
