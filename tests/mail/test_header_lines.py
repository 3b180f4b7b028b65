"""Every header that we set, read by Python's parser and by one that shares no code with it."""

from __future__ import annotations

import re
from email.utils import parseaddr

import fast_mail_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidValue
from app.mail.header_lines import bracketed_url
from app.mail.message import Person, Picture
from tests.mail.test_message import PNG, make_mail, read

LONG_URL = "https://rastro.oficina-de-investigaciones.example/baja/12.3.20270526." + "a1" * 32
LONG_ID = f"<notificacion-1.{'0a' * 40}@rastro.oficina-de-investigaciones-del-sur.example>"
LONG_CID = f"logo-{'0f' * 32}@rastro.oficina-de-investigaciones-del-sur.example"
NAMES = (
    "Ema Soto",
    "Soto, Ema",
    'Ema "la Jefa" Soto \\ Hijos',
    "Ñandú & Cía. (Ltda.)",
    "Oficina, de búsqueda de vehículos, con un nombre muy, muy largo y con muchas palabras S.A.",
    "x" * 160,
    "ñ" * 160,
    "Oficina. @ [Sur]; <uno>: dos",
    "=?utf-8?q?no_soy_una_palabra?=",
    "汉字 офис مكتب 🚗",
)


def second_opinion(mail):
    return fast_mail_parser.parse_email(mail.as_bytes())


def raw_headers(mail):
    """The header lines of the mail itself, unfolded as RFC 5322 says."""
    head = mail.as_bytes().partition(b"\r\n\r\n")[0].decode("ascii")
    return dict(line.split(": ", 1) for line in re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n"))


def everything(**values):
    return make_mail(
        **{
            "message_id": LONG_ID,
            "answers_id": LONG_ID.replace("-1.", "-2."),
            "is_automatic": True,
            "unsubscribe_url": LONG_URL,
            "reply_to": Person(f"{'r' * 60}@{'s' * 60}.example", "Respuestas, ñ"),
            "cc": Person(f"{'c' * 60}@{'d' * 60}.{'e' * 60}.example"),
            "pictures": [Picture(LONG_CID, "Una foto " * 12 + "ñ.png", "image/png", PNG)],
            **values,
        }
    )


def test_what_a_program_reads_is_on_one_line_and_never_encoded():
    mail = everything()
    expected = {
        "Date": "Tue, 24 Nov 2026 15:30:00 +0000",
        "Message-ID": LONG_ID,
        "In-Reply-To": LONG_ID.replace("-1.", "-2."),
        "References": LONG_ID.replace("-1.", "-2."),
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{LONG_URL}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Cc": f"{'c' * 60}@{'d' * 60}.{'e' * 60}.example",
        "MIME-Version": "1.0",
    }
    ours, theirs = read(mail), second_opinion(mail).headers
    for name, value in expected.items():
        assert f"\r\n{name}: {value}\r\n".encode() in mail.as_bytes(), name
        assert str(ours[name]) == value
        assert theirs[name] == [value]


def test_every_header_that_we_set_is_known_here():
    assert set(raw_headers(everything())) == {
        *("Subject", "From", "To", "Cc", "Reply-To", "Date", "Message-ID", "In-Reply-To"),
        *("References", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"),
        *("MIME-Version", "Content-Type"),
    }


def test_a_picture_keeps_the_name_that_the_html_calls_it_by():
    mail = everything()

    [picture] = [part for part in read(mail).walk() if part.get_content_maintype() == "image"]
    [other] = second_opinion(mail).attachments
    assert f"\r\nContent-ID: <{LONG_CID}>\r\n".encode() in mail.as_bytes()
    assert picture["Content-ID"] == f"<{LONG_CID}>"
    assert other.content_id.strip("<>") == LONG_CID
    assert other.filename == picture.get_filename()
    assert bytes(other.content) == PNG


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", ["to", "sender", "reply_to", "cc"])
def test_a_name_and_its_address_arrive_together(name, place):
    mail = everything(**{place: Person("alguien@oficina.example", name)})
    header = {"to": "To", "sender": "From", "reply_to": "Reply-To", "cc": "Cc"}[place]

    [ours] = read(mail)[header].addresses
    assert ours.addr_spec == "alguien@oficina.example"
    assert parseaddr(raw_headers(mail)[header])[1] == "alguien@oficina.example"
    theirs = second_opinion(mail)
    seen = {"to": theirs.to, "sender": [theirs.from_], "reply_to": theirs.reply_to, "cc": theirs.cc}
    [other] = seen[place]
    assert (other.address, other.display_name) == ("alguien@oficina.example", name)


@given(st.text(st.sampled_from('abc 19º·«»ñÁ-/(),:;"C=?_<>🚗'), min_size=1, max_size=180))
def test_a_subject_reads_the_same_in_both(words):
    subject = " ".join(words.split())

    assert second_opinion(make_mail(subject=subject)).subject == subject


def test_everything_is_ascii_in_lines_that_no_server_refuses():
    mail = everything(text="ñ" * 3000 + "\n" + "x" * 3000, html="<p>" + "á" * 5000 + "</p>")

    data = mail.as_bytes()

    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert second_opinion(mail).text_plain[0].split() == ["ñ" * 3000, "x" * 3000]


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://ñuñoa.example/baja/1.a", "<https://xn--uoa-6mab.example/baja/1.a>"),
        ("https://a.example/baja/ñ b", "<https://a.example/baja/%C3%B1%20b>"),
        ("https://a.example:8443/baja/1.a", "<https://a.example:8443/baja/1.a>"),
    ],
)
def test_an_address_in_a_header_is_ascii(url, written):
    assert bracketed_url(url) == written


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "mailto:a@b.example", "/baja/1"])
def test_what_is_no_address_is_none_in_a_header(url):
    with pytest.raises(InvalidValue):
        bracketed_url(url)
