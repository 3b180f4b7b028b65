"""What a mail looks like on the wire, and what never gets into one."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidValue
from app.mail.message import Mail, Person, Picture, mail_size

PNG = b"\x89PNG\r\n\x1a\n not really a picture"


def make_mail(**values):
    return Mail(
        **{
            "to": Person("receptor@actuarios.example", "Ema Ñuñez, receptora"),
            "sender": Person("avisos@oficina.example", "Oficina"),
            "subject": "Vehículo ubicado",
            "text": "Hola.\n.\nAdiós.",
            "html": "<p>Hola. Adiós.</p>",
            "message_id": "<notificacion-1.abc@rastro.example>",
            "date": datetime(2026, 11, 24, 15, 30, tzinfo=UTC),
            **values,
        }
    )


def read(mail):
    return email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)


def test_a_mail_carries_our_message_id_its_date_and_where_to_answer():
    message = read(make_mail(reply_to=Person("carla@oficina.example", "Carla Muñoz")))

    assert message["Message-ID"] == "<notificacion-1.abc@rastro.example>"
    assert message["Date"].datetime == datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    assert message["Reply-To"].addresses[0].addr_spec == "carla@oficina.example"
    assert message["To"].addresses[0].display_name == "Ema Ñuñez, receptora"
    assert len(message["To"].addresses) == 1
    assert message["Subject"] == "Vehículo ubicado"


def test_pictures_stand_inside_the_html_and_not_beside_it():
    message = read(
        make_mail(pictures=[Picture("foto-1@rastro.example", "Auto ñandú.png", "image/png", PNG)])
    )

    assert message.get_content_type() == "multipart/alternative"
    text, related = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    html, picture = related.iter_parts()
    assert "Adiós" in html.get_content()
    assert picture["Content-ID"] == "<foto-1@rastro.example>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_filename() == "Auto nandu.png"
    assert picture.get_content() == PNG


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x00"])
@pytest.mark.parametrize("place", ["subject", "to", "to_name", "sender", "reply", "file", "cid"])
def test_a_line_break_never_becomes_a_header(place, break_):
    evil = f"a{break_}Bcc: otro@malo.example"
    picture = Picture("foto-1@rastro.example", "a.png", "image/png", PNG)
    values = {
        "subject": {"subject": evil},
        "to": {"to": Person(f"receptor@actuarios.example{break_}Bcc: otro@malo.example")},
        "to_name": {"to": Person("receptor@actuarios.example", evil)},
        "sender": {"sender": Person("avisos@oficina.example", evil)},
        "reply": {"reply_to": Person("carla@oficina.example", evil)},
        "file": {"pictures": [Picture(picture.cid, evil, picture.mime_type, PNG)]},
        "cid": {"pictures": [Picture(evil, "a.png", picture.mime_type, PNG)]},
    }[place]

    with pytest.raises(InvalidValue):
        make_mail(**values)


@pytest.mark.parametrize(
    "address",
    [
        "a@uno.example,b@dos.example",
        "a@uno.example; b@dos.example",
        "a@uno.example b@dos.example",
        "Ana <a@uno.example>",
        "a@uno.example>,<b@dos.example",
        "",
        "nadie",
    ],
)
def test_one_recipient_is_one_address(address):
    with pytest.raises(InvalidValue):
        make_mail(to=Person(address))


def test_a_domain_with_a_tilde_travels_in_ascii_and_a_mailbox_with_one_is_refused():
    assert b"To: ana@xn--uoa-6mab.cl" in make_mail(to=Person("ana@ñuñoa.cl")).as_bytes()
    with pytest.raises(InvalidValue, match="sin tildes ni eñes"):
        make_mail(to=Person("ñandú@actuarios.example"))


@pytest.mark.parametrize("message_id", ["", "sin corchetes", "<a@b>\r\nBcc: <x@y>", "<a b@c>"])
def test_a_message_id_that_is_none_is_refused(message_id):
    with pytest.raises(InvalidValue):
        make_mail(message_id=message_id)


@pytest.mark.parametrize(
    ("cid", "kind"), [("<x>", "image/png"), ("foto-1@x.example", "text/html"), ("", "image/png")]
)
def test_only_pictures_with_a_plain_name_go_in(cid, kind):
    with pytest.raises(InvalidValue):
        make_mail(pictures=[Picture(cid, "a.png", kind, PNG)])


def test_the_size_is_known_before_the_mail_is_built():
    data = bytes(300_000)
    mail = make_mail(pictures=[Picture("foto-1@x.example", "a.png", "image/png", data)])

    assert mail_size(mail.body, mail.html, len(data)) == pytest.approx(
        len(mail.as_bytes()), rel=0.02
    )


@given(st.text(st.sampled_from('abc 19º·«»ñÁ-/(),:;"C'), min_size=1, max_size=180))
def test_a_subject_and_a_name_arrive_as_they_were_written(words):
    text = " ".join(words.split())

    mail = make_mail(subject=text, to=Person("receptor@actuarios.example", text))

    assert str(read(mail)["Subject"]) == text
    # The newer parser puts a space between two encoded words of a name; mail readers do not.
    name, address = parseaddr(email.message_from_bytes(mail.as_bytes())["To"])
    assert str(make_header(decode_header(name))) == text
    assert address == "receptor@actuarios.example"


def test_a_copy_is_one_address_in_the_envelope_and_the_header():
    mail = make_mail(cc=Person("abogada@estudio.example"))

    assert mail.copy_addresses == ["abogada@estudio.example"]
    assert read(mail)["Cc"].addresses[0].addr_spec == "abogada@estudio.example"
    assert read(make_mail())["Cc"] is None


def test_who_gets_the_mail_anyway_gets_no_copy_of_it():
    assert make_mail(cc=Person("Receptor@Actuarios.example")).copy_addresses == []
    assert make_mail(cc=Person("otra@actuarios.example")).copy_addresses == [
        "otra@actuarios.example"
    ]


@pytest.mark.parametrize(
    "address",
    [
        "a@uno.example,b@dos.example",
        "a@uno.example;b@dos.example",
        "a@uno.example\nBcc: b@dos.example",
    ],
)
def test_a_copy_is_never_a_list_nor_a_header(address):
    with pytest.raises(InvalidValue):
        make_mail(cc=Person(address))


def test_the_way_out_is_a_header_that_mail_readers_know():
    message = read(make_mail(unsubscribe_url="https://rastro.example/baja/1.abc"))

    assert message["List-Unsubscribe"] == "<https://rastro.example/baja/1.abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read(make_mail())["List-Unsubscribe"] is None
    with pytest.raises(InvalidValue):
        make_mail(unsubscribe_url="https://rastro.example/\r\nBcc: b@dos.example")
