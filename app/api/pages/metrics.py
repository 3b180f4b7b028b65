"""``GET /metrics`` and ``/metrics.json``: the counters of the ledger, for programs."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from app.api.rules.prometheus import CONTENT_TYPE, Family, render
from app.consultas.queries.usage import ProviderUsage, read_usage
from app.core.clock import utcnow
from app.extensions import current_config
from app.jobs.ledger_metrics import LedgerNumbers, count_ledger
from app.usuarios.pages.wrong_passwords import open_link

bp = Blueprint("metrics", __name__)

#: Headers that a reverse proxy adds; a request with one of them did not come from this machine.
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@bp.before_request
def only_who_may() -> None:
    """Allow METRICS_TOKEN, or loopback without a proxy; 404 for any other request.

    Wrong tokens are counted with the links that open nothing.
    """
    token = current_config().metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if token and scheme.lower() == "bearer":
        fits = hmac.compare_digest(given.strip().encode(), token.encode())
        if open_link(lambda: token if fits else None):
            return
        abort(404)
    if any(name in request.headers for name in _PROXY_HEADERS) or not _is_this_machine():
        abort(404)


@bp.get("/metrics")
def prometheus() -> ResponseReturnValue:
    """The counters as Prometheus reads them."""
    now = utcnow()
    families = [*_ledger(count_ledger(now), now), *_provider(_usage(now), now)]
    return Response(render(families), content_type=CONTENT_TYPE)


@bp.get("/metrics.json")
def as_json() -> ResponseReturnValue:
    """The same counters as JSON. Times are seconds; None is what never happened."""
    now = utcnow()
    numbers = count_ledger(now)
    pulse = numbers.pulse
    usage = asdict(_usage(now))
    until = usage.pop("blocked_until")
    return jsonify(
        time=now.isoformat(timespec="seconds"),
        jobs={
            tipo: {
                "states": {estado.value: amount for estado, amount in kind.states.items()},
                "attempts": kind.attempts,
                "failures": kind.failures,
                "run_seconds": round(kind.run_seconds, 3),
                "last_hour": {
                    "wait": asdict(kind.wait) if kind.wait else None,
                    "run": asdict(kind.run) if kind.run else None,
                },
            }
            for tipo, kind in numbers.kinds.items()
        },
        queue={"due": pulse.due, "oldest_seconds": _ago(pulse.due_since, now)},
        consumers={
            "alive": pulse.consumers,
            "threads": pulse.threads,
            "heard_seconds_ago": _ago(pulse.heard_at, now),
            "swept_seconds_ago": _ago(pulse.swept_at, now),
        },
        provider={
            "name": current_config().porticos_provider,
            **usage,
            "blocked_seconds": _ahead(until, now),
        },
    )


def _ledger(numbers: LedgerNumbers, now: datetime) -> list[Family]:
    jobs = Family("rastro_jobs", "gauge", "Jobs in the ledger by kind and state.")
    tried = Family("rastro_job_attempts_total", "counter", "Attempts that ended.")
    failed = Family("rastro_job_attempt_failures_total", "counter", "Attempts that failed.")
    run = Family(
        "rastro_job_run_seconds",
        "summary",
        "How long attempts run; the quantiles are of jobs that ended in the last hour.",
    )
    wait = Family(
        "rastro_job_wait_seconds_last_hour",
        "gauge",
        "How long jobs that ended in the last hour had waited for a worker.",
    )
    for tipo, kind in numbers.kinds.items():
        for estado, amount in kind.states.items():
            jobs.add(amount, kind=tipo, state=estado.value)
        tried.add(kind.attempts, kind=tipo)
        failed.add(kind.failures, kind=tipo)
        for family, spread in ((run, kind.run), (wait, kind.wait)):
            if spread:
                family.add(spread.p50, kind=tipo, quantile="0.5")
                family.add(spread.p95, kind=tipo, quantile="0.95")
        run.add(kind.run_seconds, "_sum", kind=tipo)
        run.add(kind.attempts, "_count", kind=tipo)
    pulse = numbers.pulse
    return [
        jobs,
        tried,
        failed,
        run,
        wait,
        _single("rastro_jobs_due", "Jobs that could start now.", pulse.due),
        _single(
            "rastro_jobs_due_oldest_seconds",
            "How long the first of them has been due.",
            _ago(pulse.due_since, now) or 0,
        ),
        _single("rastro_consumers_alive", "Consumers heard of lately.", pulse.consumers),
        _single("rastro_consumer_threads", "Their worker threads.", pulse.threads),
        _single(
            "rastro_last_sweep_seconds",
            "How long ago the ledger was swept for what is due; absent if it never was.",
            _ago(pulse.swept_at, now),
        ),
    ]


def _provider(usage: ProviderUsage, now: datetime) -> list[Family]:
    name = current_config().porticos_provider
    calls = Family("rastro_provider_calls_today", "gauge", "Calls since midnight in Santiago.")
    calls.add(usage.answered_today, provider=name, outcome="answered")
    calls.add(usage.failed_today, provider=name, outcome="failed")
    return [
        calls,
        _single("rastro_provider_quota_calls", "Calls that a window allows.", usage.limit),
        _single("rastro_provider_quota_window_seconds", "Length of a window.", usage.seconds),
        _single("rastro_provider_quota_used", "Calls in the current window.", usage.in_window),
        _single("rastro_provider_quota_booked", "Turns booked for later.", usage.booked),
        _single(
            "rastro_provider_blocked_seconds",
            "How long the provider still asked not to be called.",
            _ahead(usage.blocked_until, now),
        ),
    ]


def _single(name: str, text: str, value: float | None) -> Family:
    family = Family(name, "gauge", text)
    if value is not None:
        family.add(value)
    return family


def _usage(now: datetime) -> ProviderUsage:
    config = current_config()
    return read_usage(
        config.porticos_provider,
        limit=config.provider_quota,
        seconds=config.provider_quota_seconds,
        now=now,
    )


def _ago(moment: datetime | None, now: datetime) -> float | None:
    return round((now - moment).total_seconds(), 3) if moment else None


def _ahead(moment: datetime | None, now: datetime) -> float:
    return max(0.0, round((moment - now).total_seconds(), 3)) if moment else 0.0


def _is_this_machine() -> bool:
    try:
        address: Any = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:  # a Unix socket has no remote address
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
