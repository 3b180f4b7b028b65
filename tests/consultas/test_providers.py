"""What the two providers make of good and bad answers of a real server."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import pytest

from app.avistamientos.rules.crossings import Crossing
from app.consultas.outside import ProviderError, make_provider
from app.consultas.outside.http import MAX_BYTES
from app.core.clock import utcnow
from config import load_config

PLATE = "BBCL12"
KEY = "clave-secreta-del-proveedor"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def config(provider_server):
    return load_config(
        {
            "PROVIDER_API_URL": provider_server.url,
            "PROVIDER_API_KEY": KEY,
            "PROVIDER_ALLOW_PRIVATE": "true",
        }
    )


@pytest.fixture
def generico(config):
    return make_provider(config)


@pytest.fixture
def hurried(config):
    """The same with a short deadline."""
    return make_provider(replace(config, provider_timeout=1.0))


@pytest.fixture
def boostr(config):
    return make_provider(replace(config, porticos_provider="boostr"))


def refusal(provider) -> ProviderError:
    with pytest.raises(ProviderError) as refused:
        provider.check(PLATE)
    assert KEY not in str(refused.value)
    assert PLATE not in str(refused.value)
    assert refused.value.__cause__ is None
    return refused.value


def items(*values):
    return {"avistamientos": list(values)}


# ------------------------------------------------------------------ generico, good answers


def test_a_plate_is_asked_for_with_the_bearer_key(generico, provider_server):
    provider_server.answer("/porticos/", body=items())

    generico.check(PLATE)

    (asked,) = provider_server.requests
    assert (asked.method, asked.path) == ("GET", f"/porticos/{PLATE}")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


def test_an_answer_keeps_its_evidence(generico, provider_server):
    body = '{"avistamientos": [], "nota": "Ñuñoa"}'.encode()
    provider_server.answer("/porticos/", body=body, headers=JSON)

    answer = generico.check(PLATE)

    assert answer.status == 200
    assert answer.raw_body.encode() == body
    assert answer.sha256 == hashlib.sha256(body).hexdigest()
    assert answer.size == len(body)
    assert answer.sightings == ()
    assert not answer.is_demo


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T08:15:00-03:00", datetime(2026, 11, 20, 11, 15, tzinfo=UTC)),
        ("2026-11-20T08:15:00Z", datetime(2026, 11, 20, 8, 15, tzinfo=UTC)),
        # Without an offset it is of a Santiago clock: summer time in November, not in July.
        ("2026-11-20T08:15:00", datetime(2026, 11, 20, 11, 15, tzinfo=UTC)),
        ("2026-07-20 08:15", datetime(2026, 7, 20, 12, 15, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_or_without_an_offset(written, moment, generico, provider_server):
    provider_server.answer("/porticos/", body=items({"fecha_hora": written}))

    (sighting,) = generico.check(PLATE).sightings

    assert sighting.fecha_hora == moment


def test_a_crossing_before_midnight_belongs_to_the_day_of_santiago(generico, provider_server):
    provider_server.answer("/porticos/", body=items({"fecha_hora": "2026-11-21T02:30:00Z"}))

    (sighting,) = generico.check(PLATE).sightings

    assert sighting.fecha == date(2026, 11, 20)


def test_a_day_without_an_hour_gets_no_invented_midnight(generico, provider_server):
    provider_server.answer("/porticos/", body=items({"fecha_hora": "2026-11-20"}))

    assert generico.check(PLATE).sightings == (Crossing(fecha=date(2026, 11, 20)),)


def test_texts_are_cleaned_and_cut_to_their_columns(generico, provider_server):
    provider_server.answer(
        "/porticos/",
        body=items(
            {
                "fecha_hora": "2026-11-20T08:15:00Z",
                "ubicacion": "Costanera\u0000  Norte\u202e",
                "empresa": "E" * 500,
                "monto": "1.250",
                "otro": {"se": "ignora"},
            }
        ),
    )

    (sighting,) = generico.check(PLATE).sightings

    assert sighting.ubicacion == "Costanera Norte"
    assert len(sighting.empresa) == 120
    assert sighting.monto == 1250


# ------------------------------------------------------------------ generico, bad items


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"fecha_hora": "2026-13-20T08:15:00"}, "fecha_hora no se entiende"),
        ({"fecha_hora": "2026-02-30"}, "fecha_hora no se entiende"),
        ({"fecha_hora": "1970-01-01T00:00:00Z"}, "fecha_hora no se entiende"),
        ({"fecha_hora": "0001-01-01T00:00:00+14:00"}, "fecha imposible"),
        ({"fecha_hora": 1763640000}, "fecha_hora no se entiende"),
        ({"fecha_hora": None}, "fecha_hora no se entiende"),
        ({"ubicacion": "sin fecha"}, "falta fecha_hora"),
        ("no es un objeto", "el dato no se entiende"),
    ],
)
def test_a_bad_item_is_named_and_the_others_count(item, reason, generico, provider_server):
    good = {"fecha_hora": "2026-11-20T08:15:00Z", "monto": 500}
    provider_server.answer("/porticos/", body=items(good, item, good | {"monto": 600}))

    answer = generico.check(PLATE)

    assert [sighting.monto for sighting in answer.sightings] == [500, 600]
    assert answer.omitted == (f"avistamiento 2: {reason}",)


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:30:00", "9999-12-31T23:30:00-03:00", "9999-12-31T23:59:59Z"]
)
def test_a_moment_at_the_end_of_the_calendar_costs_its_item_alone(
    moment, generico, provider_server
):
    good = {"fecha_hora": "2026-11-20T08:15:00Z", "monto": 500}
    provider_server.answer("/porticos/", body=items({"fecha_hora": moment}, good))

    answer = generico.check(PLATE)

    assert [sighting.monto for sighting in answer.sightings] == [500]
    assert len(answer.omitted) == 1


@pytest.mark.parametrize("blank", [None, "", "  ", "\u200b"])
def test_an_amount_that_is_not_said_is_no_bad_one(blank, generico, provider_server):
    provider_server.answer(
        "/porticos/", body=items({"fecha_hora": "2026-11-20T08:15:00Z", "monto": blank})
    )

    (sighting,) = generico.check(PLATE).sightings

    assert (sighting.monto, dict(sighting.advertencias_ingreso)) == (None, {})


WHOLE = b'{"avistamientos": [%s, {"fecha_hora": "2026-11-20T09:00:00Z", "monto": 600}]}'


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"-5", "«-5»"),
        (b"10.5", "«10.5»"),
        (b"true", "«True»"),
        (b"1e999", "«inf»"),
        (b"-1e999", "«-inf»"),
        (b"NaN", "«nan»"),
        (b"Infinity", "«inf»"),
        (b"1" + b"0" * 30, "«1000000000000000000000000000000»"),
        (b"9" * 9999, "«inf»"),
        (b'"abc"', "«abc»"),
        (b'"$1.234,50"', "«$1.234,50»"),
        (b'"-\\u0000 5"', "«- 5»"),
        (b'"' + b"7" * 90 + b'"', "«" + "7" * 39 + "…»"),
        (b"[1]", "«[1]»"),
        (b'{"a": 1}', "«{'a': 1}»"),
    ],
)
def test_a_bad_amount_costs_the_amount_alone(written, said, generico, provider_server):
    item = b'{"fecha_hora": "2026-11-20T08:15:00Z", "ubicacion": "P5", "monto": ' + written + b"}"
    provider_server.answer("/porticos/", body=WHOLE % item, headers=JSON)

    answer = generico.check(PLATE)

    assert [sighting.monto for sighting in answer.sightings] == [None, 600]
    assert answer.sightings[0].ubicacion == "P5"
    assert answer.omitted == ()
    assert answer.sightings[0].advertencias_ingreso == {
        "monto": f"Monto que no se pudo leer: la fuente dice {said}."
    }


@pytest.mark.parametrize("written", ['"$1.234"', "1234", "1234.0", '"1.234 pesos"'])
def test_an_amount_is_read_as_people_write_it(written, generico, provider_server):
    item = '{"fecha_hora": "2026-11-20T08:15:00Z", "monto": ' + written + "}"
    provider_server.answer("/porticos/", body=WHOLE % item.encode(), headers=JSON)

    first = generico.check(PLATE).sightings[0]

    assert first.monto == 1234
    assert first.advertencias_ingreso == {}


@pytest.mark.parametrize(
    ("field", "value", "kept", "said"),
    [
        ("empresa", "E" * 500, "E" * 119 + "…", "Empresa acortado: la fuente escribió 500"),
        ("ubicacion", [1], None, "Lugar que no se pudo leer: la fuente dice «[1]»."),
        ("empresa", {"a": 1}, None, "Empresa que no se pudo leer"),
        ("empresa", True, None, "Empresa que no se pudo leer"),
        ("empresa", 77, "77", None),
        ("empresa", "CN\x00", "CN", None),
        ("ubicacion", "", None, None),
    ],
)
def test_another_bad_field_costs_itself_alone(field, value, kept, said, generico, provider_server):
    item = {"fecha_hora": "2026-11-20T08:15:00Z", "monto": 500, field: value}
    provider_server.answer("/porticos/", body=items(item))

    (sighting,) = generico.check(PLATE).sightings

    assert getattr(sighting, field) == kept
    assert sighting.monto == 500
    assert said is None or sighting.advertencias_ingreso[field].startswith(said)
    assert (said is None) == (sighting.advertencias_ingreso == {})


@pytest.mark.parametrize(
    ("written", "place", "moment", "duda"),
    [
        ("2026-09-06T00:30:00", None, "2026-09-06T04:30", "no existió ese día"),
        ("2026-04-04T23:30:00", None, "2026-04-05T02:30", "existió dos veces"),
        ("2026-04-04T23:30:00-04:00", None, "2026-04-05T03:30", None),
        ("2026-04-04T23:30:00", "Ruta 9, Punta Arenas", "2026-04-05T02:30", None),
        ("2026-06-24T10:15:00", "Ruta 9, Punta Arenas", "2026-06-24T13:15", None),
        ("2026-06-24T10:15:00", "Te Pito o Te Henua, Isla de Pascua", "2026-06-24T16:15", None),
        ("2026-06-24T10:15:00", "Ruta 68, Valparaíso", "2026-06-24T14:15", None),
    ],
)
def test_an_hour_without_an_offset_is_one_of_its_place_and_kept_when_doubtful(
    written, place, moment, duda, generico, provider_server
):
    provider_server.answer("/porticos/", body=items({"fecha_hora": written, "ubicacion": place}))

    answer = generico.check(PLATE)
    (sighting,) = answer.sightings

    assert answer.omitted == ()
    assert sighting.fecha == date.fromisoformat(written[:10])
    assert sighting.fecha_hora == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    warned = sighting.advertencias_ingreso.get("fecha_hora")
    assert (duda in warned) if duda else warned is None


def test_of_very_many_bad_items_all_are_counted(generico, provider_server):
    provider_server.answer("/porticos/", body=items(*[{}] * 300))

    omitted = generico.check(PLATE).omitted

    assert len(omitted) == 300
    assert omitted[-1] == "otro más"


# ------------------------------------------------------------------ faults of any provider


@pytest.mark.parametrize(
    ("answer", "says", "retry"),
    [
        ({"status": 500}, "respondió 500", True),
        ({"status": 503, "body": "<h1>mantención</h1>"}, "respondió 503", True),
        ({"status": 408}, "respondió 408", True),
        ({"status": 404}, "PROVIDER_API_URL", False),
        ({"status": 401, "body": {"error": "x"}}, "PROVIDER_API_KEY", False),
        ({"status": 403, "body": {"code": "INVALID_API_KEY"}}, "PROVIDER_API_KEY", False),
        ({"status": 403, "body": "<h1>Forbidden</h1>"}, "bloqueó la consulta", True),
        ({"body": "<html>mantención</html>"}, "una página en lugar de datos", True),
        ({"body": b"{", "headers": JSON}, "no se pudo leer", True),
        ({"body": b"", "headers": JSON}, "no se pudo leer", True),
        ({"body": b"\xff\xfe{}", "headers": JSON}, "no se pudo leer", True),
        ({"body": b'{"avistamientos": NaN}', "headers": JSON}, "no se pudo leer", True),
        ({"body": b"[" * 200_000, "headers": JSON}, "no se pudo leer", True),
        ({"body": b"[" + b"9" * 9999 + b"]", "headers": JSON}, "no se pudo leer", True),
        ({"body": {"otra": "cosa"}}, "no se pudo leer", True),
        ({"body": {"avistamientos": "x"}}, "no se pudo leer", True),
        ({"body": [1, 2]}, "no se pudo leer", True),
        ({"body": b"x", "headers": JSON | {"Content-Encoding": "gzip"}}, "comprimido", True),
        ({"body": b"{}", "headers": JSON | {"Content-Length": "999"}}, "conectar", True),
    ],
)
def test_an_answer_of_no_use_is_refused_in_words(answer, says, retry, generico, provider_server):
    provider_server.answer("/porticos/", **answer)

    error = refusal(generico)

    assert says in str(error)
    assert error.retry is retry


def test_a_redirect_is_not_followed_and_the_key_stays(generico, provider_server):
    provider_server.answer(
        "/porticos/", status=302, headers={"Location": f"{provider_server.url}/elsewhere"}
    )

    assert "otra dirección (302)" in str(refusal(generico))
    assert [asked.path for asked in provider_server.requests] == [f"/porticos/{PLATE}"]


def test_a_silent_server_is_left_after_the_deadline(hurried, provider_server):
    provider_server.answer("/porticos/", body=items(), delay=30)
    began = monotonic()

    assert "no respondió a tiempo" in str(refusal(hurried))
    assert monotonic() - began < 5


@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "identity", "Connection": "close"}])
def test_a_dripping_server_is_cut_at_the_total_deadline(headers, hurried, provider_server):
    provider_server.answer("/porticos/", body=items(), drip=0.3, headers=headers)
    began = monotonic()

    assert "no respondió a tiempo" in str(refusal(hurried))
    assert monotonic() - began < 5


def test_a_huge_answer_is_not_read_to_its_end(generico, provider_server):
    provider_server.answer("/porticos/", body=b" " * (MAX_BYTES + 1), headers=JSON)

    assert "demasiado grande" in str(refusal(generico))


def test_an_answer_at_the_limit_is_read(generico, provider_server):
    body = json.dumps(items()).encode()
    provider_server.answer("/porticos/", body=body.ljust(MAX_BYTES), headers=JSON)

    assert generico.check(PLATE).size == MAX_BYTES


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("99999999", 3600),
        (None, 60),
        ("pronto", 60),
        (format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True), 1),
    ],
)
def test_too_many_requests_says_for_how_long(header, seconds, generico, provider_server):
    headers = {"Retry-After": header} if header else {}
    provider_server.answer("/porticos/", status=429, headers=headers)

    error = refusal(generico)

    assert error.is_throttled
    assert error.retry
    assert error.delay == timedelta(seconds=seconds)


def test_retry_after_may_be_a_date(generico, provider_server):
    until = utcnow() + timedelta(seconds=90)
    provider_server.answer(
        "/porticos/", status=429, headers={"Retry-After": format_datetime(until, usegmt=True)}
    )

    assert timedelta(seconds=80) < refusal(generico).delay <= timedelta(seconds=90)


def test_neither_key_nor_plate_reaches_a_log(generico, provider_server, caplog):
    caplog.set_level(logging.INFO)
    provider_server.answer("/porticos/", status=500)

    assert refusal(generico).retry

    assert len(provider_server.requests) == 1
    assert KEY not in caplog.text
    assert PLATE not in caplog.text


# ------------------------------------------------------------------ boostr


def boostr_days(*days, plate="BBCL12"):
    return {"status": "success", "data": {"plate": plate, "status": "ok", "dates": list(days)}}


def test_boostr_is_asked_with_its_own_header_and_path(boostr, provider_server):
    provider_server.answer("/vehicle/", body=boostr_days())

    assert boostr.check(PLATE).sightings == ()

    (asked,) = provider_server.requests
    assert asked.path == f"/vehicle/{PLATE}/tag.json"
    assert asked.headers["X-API-KEY"] == KEY
    assert "Authorization" not in asked.headers


def test_boostr_tells_a_day_a_company_and_an_amount_without_an_hour(boostr, provider_server):
    provider_server.answer(
        "/vehicle/",
        body=boostr_days(
            {
                "date": "2026-11-20",
                "amount": 1900,
                "alert": False,
                "details": [
                    {"amount": 900, "company": "Costanera Norte"},
                    {"amount": 1000, "company": "Vespucio Norte"},
                ],
            },
            {"date": "21-11-2026", "amount": 700, "details": []},
        ),
    )

    assert boostr.check(PLATE).sightings == (
        Crossing(fecha=date(2026, 11, 20), empresa="Costanera Norte", monto=900),
        Crossing(fecha=date(2026, 11, 20), empresa="Vespucio Norte", monto=1000),
        Crossing(fecha=date(2026, 11, 21), monto=700),
    )


def test_boostr_bad_days_and_bad_details_are_named(boostr, provider_server):
    provider_server.answer(
        "/vehicle/",
        body=boostr_days(
            {"date": "2026-13-01", "amount": 1},
            {"date": "2026-11-20", "details": [{"amount": "x"}, {"company": "Vespucio Sur"}]},
        ),
    )

    answer = boostr.check(PLATE)

    assert [sighting.empresa for sighting in answer.sightings] == [None, "Vespucio Sur"]
    assert answer.sightings[0].advertencias_ingreso == {
        "monto": "Monto que no se pudo leer: la fuente dice «x»."
    }
    assert answer.omitted == ("día 1: date no se entiende",)


@pytest.mark.parametrize("details", ["x", 5, {"a": 1}, [None, "x"], [5]])
def test_boostr_keeps_the_day_whose_details_cannot_be_read(details, boostr, provider_server):
    provider_server.answer(
        "/vehicle/", body=boostr_days({"date": "2026-11-20", "amount": -5, "details": details})
    )

    (day,) = boostr.check(PLATE).sightings

    assert (day.fecha, day.monto) == (date(2026, 11, 20), None)
    assert set(day.advertencias_ingreso) == {"monto", "detalle"}


def test_boostr_without_data_is_an_answer_with_nothing(boostr, provider_server):
    provider_server.answer("/vehicle/", body={"status": "error", "code": "V-02", "message": "…"})

    answer = boostr.check(PLATE)

    assert answer.sightings == ()
    assert "V-02" in answer.raw_body


@pytest.mark.parametrize(
    ("code", "says", "retry"),
    [
        ("V-01", "no reconoce la patente", False),
        ("V-04", "no reconoce la patente", False),
        ("V-05", "Se intenta más tarde", True),
        ("INVALID_API_KEY", "PROVIDER_API_KEY", False),
        ("V-99", "no se conoce", True),
        (None, "no se conoce", True),
        (["V-02"], "no se conoce", True),
    ],
)
def test_boostr_errors_come_with_a_200(code, says, retry, boostr, provider_server):
    provider_server.answer("/vehicle/", body={"status": "error", "code": code})

    error = refusal(boostr)

    assert says in str(error)
    assert error.retry is retry


@pytest.mark.parametrize("body", [[], {"data": None}, {"data": {"dates": {}}}, {"status": "x"}])
def test_boostr_answers_of_another_shape_are_refused(body, boostr, provider_server):
    provider_server.answer("/vehicle/", body=body)

    assert "no se pudo leer" in str(refusal(boostr))


@pytest.mark.parametrize(
    ("named", "warned"), [("BBCL-12", False), ("bbcl12", False), ("GGZL12", True), ("??", True)]
)
def test_boostr_another_plate_in_the_answer_is_kept_and_flagged(
    named, warned, boostr, provider_server
):
    provider_server.answer("/vehicle/", body=boostr_days({"date": "2026-11-20"}, plate=named))

    answer = boostr.check(PLATE)

    assert len(answer.sightings) == 1
    assert bool(answer.advertencias) is warned
