"""One mail to one person, built so that nothing typed can become a header or a recipient.

Flask-Mail's ``Message`` holds the parts and checks subject and addresses. What it builds has three
holes, which is why ``as_bytes`` is ours: pictures go beside the text instead of inside it
(``multipart/mixed``), a line break in a file name or in an extra header becomes a header of its
own, and ``"a@x,b@x"`` passes as one recipient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import cast

import flask_mail

from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.text import safe_filename
from app.mail.header_lines import WIRE, bracketed_url, line, person, prose

_LINE_BREAK = re.compile("[\r\n\x00\v\f\x1c-\x1e\x85\u2028\u2029]")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>")
_CONTENT_ID = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
_PICTURE = re.compile(r"image/(jpeg|png|webp|gif)")
_FILE = re.compile(r"application/(pdf|json)")


@dataclass(frozen=True)
class Picture:
    """An image inside the text, which the HTML names as ``cid:<cid>``."""

    cid: str
    filename: str
    mime_type: str
    data: bytes


@dataclass(frozen=True)
class AttachedFile:
    """A file beside the text, which its reader keeps."""

    filename: str
    mime_type: str
    data: bytes


@dataclass(frozen=True)
class Person:
    """An address and, when it is known, the name of who reads there."""

    email: str
    nombre: str = ""


class Mail(flask_mail.Message):
    """A mail with text, HTML, pictures inside and files beside, under a Message-ID of its caller's.

    Raises:
        InvalidValue: a line break where a header, a name or an address goes, more than one
            address, or one that the ASCII world of mail cannot carry.
    """

    def __init__(
        self,
        *,
        to: Person,
        sender: Person,
        subject: str,
        text: str,
        html: str,
        message_id: str,
        date: datetime,
        reply_to: Person | None = None,
        cc: Person | None = None,
        unsubscribe_url: str = "",
        answers_id: str = "",
        is_automatic: bool = False,
        pictures: Sequence[Picture] = (),
        files: Sequence[AttachedFile] = (),
    ) -> None:
        people = [one for one in (to, sender, reply_to, cc) if one]
        refuse_line_breaks(
            subject,
            unsubscribe_url,
            *(value for one in people for value in (one.email, one.nombre)),
            *(value for one in pictures for value in (one.cid, one.filename, one.mime_type)),
            *(value for one in files for value in (one.filename, one.mime_type)),
        )
        if not all(_MESSAGE_ID.fullmatch(one) for one in (message_id, answers_id or message_id)):
            raise InvalidValue("El identificador del correo no es válido.")
        self.to_address = _address(to)
        self.sender_address = _address(sender)
        self.reply_address = _address(reply_to) if reply_to else None
        self.cc_address = _address(cc) if cc else None
        self.unsubscribe_url = unsubscribe_url
        #: The Message-ID of the mail that this one follows, so that readers show them together.
        self.answers_id = answers_id
        #: Whether nobody pressed a button for it.
        self.is_automatic = is_automatic
        super().__init__(
            subject=subject,
            recipients=[self.to_address.addr_spec],
            body=text,
            html=html,
            sender=self.sender_address.addr_spec,
            reply_to=self.reply_address.addr_spec if self.reply_address else None,
            cc=[self.cc_address.addr_spec] if self.cc_address else None,
            date=date.timestamp(),
        )
        self.moment = date
        self.msgId = message_id
        self.pictures = [_checked(picture) for picture in pictures]
        self.files = [_checked_file(file) for file in files]
        if self.has_bad_headers():
            raise InvalidValue("El asunto o una dirección del correo tiene un salto de línea.")

    @property
    def copy_addresses(self) -> list[str]:
        """Whom the envelope names besides who it is for; nobody is named twice."""
        copy = self.cc_address
        if copy is None or copy.addr_spec.lower() == self.to_address.addr_spec.lower():
            return []
        return [copy.addr_spec]

    def as_bytes(self) -> bytes:
        """The mail as it goes over the wire: alternatives, the HTML with its pictures, files."""
        message = EmailMessage(policy=WIRE)
        message.set_content(self.body or "")
        message.add_alternative(self.html or "", subtype="html")
        html_part = cast(EmailMessage, message.get_body(("html",)))
        for picture in self.pictures:
            html_part.add_related(
                picture.data,
                maintype="image",
                subtype=picture.mime_type.removeprefix("image/"),
                cid=f"<{picture.cid}>",
                filename=picture.filename,
                disposition="inline",
            )
        for file in self.files:
            maintype, _, subtype = file.mime_type.partition("/")
            message.add_attachment(
                file.data, maintype=maintype, subtype=subtype, filename=file.filename
            )
        return b"".join(self._head()) + message.as_bytes()

    def _head(self) -> Iterator[bytes]:
        yield prose("Subject", self.subject)
        yield person("From", self.sender_address)
        yield person("To", self.to_address)
        if self.cc_address is not None:
            yield person("Cc", self.cc_address)
        if self.reply_address is not None:
            yield person("Reply-To", self.reply_address)
        yield line("Date", format_datetime(self.moment))
        yield line("Message-ID", self.msgId)
        if self.answers_id:
            yield line("In-Reply-To", self.answers_id)
            yield line("References", self.answers_id)
        if self.is_automatic:
            # Nobody's reader answers it by itself (RFC 3834).
            yield line("Auto-Submitted", "auto-generated")
        if self.unsubscribe_url:
            # One click in the mail reader itself (RFC 8058).
            yield line("List-Unsubscribe", bracketed_url(self.unsubscribe_url))
            yield line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def refuse_line_breaks(*values: str) -> None:
    """Refuse text that would end a header line.

    Raises:
        InvalidValue: with what to do about it.
    """
    if any(_LINE_BREAK.search(value) for value in values):
        raise InvalidValue(
            "El asunto, los nombres y las direcciones de un correo van en una sola línea: "
            "quite los saltos de línea."
        )


def mail_size(text: str, html: str, picture_bytes: int) -> int:
    """About how many bytes a mail is on the wire, where pictures grow by the base64 coding."""
    return round(picture_bytes * 1.37) + round((len(text.encode()) + len(html.encode())) * 1.4)


def _address(person: Person) -> Address:
    """One address in ASCII; a domain with ñ or accents goes in its xn-- form."""
    from email_validator import validate_email  # slow to import

    email = parse_email(person.email)
    ascii_email = validate_email(email, check_deliverability=False).ascii_email
    if ascii_email is None:
        raise InvalidValue(
            f"«{email[:60]}» tiene letras que el correo no admite antes de la arroba. "
            "Use una dirección sin tildes ni eñes."
        )
    return Address(display_name=person.nombre, addr_spec=ascii_email)


def _checked_file(file: AttachedFile) -> AttachedFile:
    if not _FILE.fullmatch(file.mime_type):
        raise InvalidValue("Uno de los archivos no se puede adjuntar a un correo.")
    return AttachedFile(safe_filename(file.filename, default="archivo"), file.mime_type, file.data)


def _checked(picture: Picture) -> Picture:
    if not _CONTENT_ID.fullmatch(picture.cid) or not _PICTURE.fullmatch(picture.mime_type):
        raise InvalidValue("Una de las fotos no se puede poner en un correo.")
    return Picture(
        picture.cid,
        safe_filename(picture.filename, default="foto"),
        picture.mime_type,
        picture.data,
    )
