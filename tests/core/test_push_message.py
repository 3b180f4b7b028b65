"""A push message is what RFC 8291 computes, and nobody reads it but its browser."""

from __future__ import annotations

from datetime import UTC, datetime

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.errors import InvalidValue
from app.core.push_message import (
    LONGEST,
    check_device_keys,
    encrypt,
    new_key,
    public_half,
    read_bytes,
    read_key,
    sign_for,
    write_bytes,
)
from tests.avisos.push_service import Browser

# RFC 8291, appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
    "y4a-fN"
)


def test_the_body_is_that_of_the_rfc():
    made = encrypt(TEXT, P256DH, AUTH, salt=read_bytes(SALT), key=read_key(SENDER))

    assert write_bytes(made) == BODY
    assert public_half(BROWSER) == P256DH


def test_only_its_browser_reads_it_and_no_two_bodies_are_alike():
    one, other = encrypt(b"hola", P256DH, AUTH), encrypt(b"hola", P256DH, AUTH)

    browser = Browser(read_key(BROWSER), read_bytes(AUTH))
    assert browser.read(one) == b"hola"
    assert one != other
    assert b"hola" not in one
    with pytest.raises(InvalidTag):
        Browser().read(one)


def test_a_signature_names_one_service_and_ends():
    key, now = new_key(), datetime(2026, 11, 30, 12, tzinfo=UTC)

    header = sign_for("https://push.example:8443/x/1?y", key, "mailto:a@oficina.example", now)

    scheme, token, public = header.replace(",", "").replace("t=", "").split()[0:3]
    assert (scheme, public) == ("vapid", f"k={public_half(key)}")
    point = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), read_bytes(public_half(key))
    )
    said = jwt.decode(
        token,
        point,
        algorithms=["ES256"],
        audience="https://push.example:8443",
        options={"verify_exp": False},
    )
    assert said["sub"] == "mailto:a@oficina.example"
    assert said["exp"] - now.timestamp() == 12 * 3600


@pytest.mark.parametrize("p256dh", ["", "x", "ñ", "A" * 87, P256DH[:-2], "=" * 88])
def test_values_that_no_browser_gives_are_refused(p256dh):
    with pytest.raises(InvalidValue):
        check_device_keys(p256dh, AUTH)


@pytest.mark.parametrize("auth", ["", "corta", AUTH + AUTH])
def test_a_secret_of_another_length_is_refused(auth):
    with pytest.raises(InvalidValue):
        check_device_keys(P256DH, auth)


def test_a_text_that_does_not_fit_is_refused():
    assert len(encrypt(b"x" * LONGEST, P256DH, AUTH)) <= 4096
    with pytest.raises(InvalidValue):
        encrypt(b"x" * (LONGEST + 1), P256DH, AUTH)
