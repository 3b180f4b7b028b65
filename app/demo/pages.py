"""The demonstration's mailbox: what the notices look like to who gets them."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage, MIMEPart
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, cast

from flask import Blueprint, Response, abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.ajustes.pages.marca import shows_demo
from app.ajustes.queries import is_demo
from app.demo.service.invented_people import ACCOUNTS
from app.extensions import current_config
from app.web.access import staff_required
from app.web.frames import framed_html

bp = Blueprint("demo", __name__, url_prefix="/demo")

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,80}\.eml")
_PICTURE = re.compile(r"image/(jpeg|png|webp|gif)")
#: Newest first; a demonstration that ran for a year does not read all its mails for a list.
_LISTED = 100
#: Who the accounts are, in their order.
_LABELS = ("Administradora", "Investigador", "Persona de un buffet")


class DemoAccount(NamedTuple):
    """An account of the demonstration, as its sign-in offers it."""

    email: str
    password: str
    label: str


@bp.app_context_processor
def accounts_on_the_sign_in() -> dict[str, object]:
    """Let the sign-in of a demonstration show its accounts; nowhere else are there any."""
    return {"demo_accounts": _accounts}


def _accounts() -> list[DemoAccount]:
    if current_config().is_production or not shows_demo():
        return []
    return [
        DemoAccount(email, password, label)
        for (email, password), label in zip(ACCOUNTS.items(), _LABELS, strict=True)
    ]


def demo_required(view: Callable[..., Any]) -> Callable[..., Any]:
    """Only people of the firm, and only in a database that is marked as a demonstration."""

    @staff_required
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not is_demo():
            abort(404)
        return view(*args, **kwargs)

    return guarded


@bp.get("/buzon")
@demo_required
def mailbox() -> ResponseReturnValue:
    """The mails that the demonstration's server caught, newest first."""
    paths = sorted(_folder().glob("*.eml"), reverse=True)[:_LISTED]
    mails = [(path.name, _read(path)) for path in paths if _NAME.fullmatch(path.name)]
    return render_template(
        "demo/mailbox.html",
        mails=[(name, message) for name, message in mails if message],
        has_mail_server=current_config().mail_configured,
    )


@bp.get("/buzon/<name>")
@demo_required
def mail(name: str) -> ResponseReturnValue:
    """One mail: its headers, its HTML as a mail reader shows it, its text."""
    message = _find(name)
    text = cast(EmailMessage | None, message.get_body(("plain",)))
    return render_template(
        "demo/mail.html",
        name=name,
        message=message,
        text=text.get_content() if text else "",
        has_html=message.get_body(("html",)) is not None,
        pictures=[part for part in message.walk() if _is_picture(part)],
        size=len(message.as_bytes()),
    )


@bp.get("/buzon/<name>/html")
@demo_required
def mail_html(name: str) -> ResponseReturnValue:
    """The HTML of a mail, in its own frame, with its pictures taken out of the mail itself."""
    body = cast(EmailMessage | None, _find(name).get_body(("html",)))
    if body is None:
        abort(404)
    return framed_html(
        body.get_content(), lambda cid: url_for("demo.mail_part", name=name, cid=cid)
    )


@bp.get("/buzon/<name>/parte/<cid>")
@demo_required
def mail_part(name: str, cid: str) -> ResponseReturnValue:
    """A picture of a mail by its Content-ID."""
    for part in _find(name).walk():
        if _is_picture(part) and part["Content-ID"] == f"<{cid}>":
            response: Response = make_response(part.get_content())
            response.headers["Content-Type"] = part.get_content_type()
            response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
            return response
    abort(404)


def _folder() -> Path:
    return current_config().instance_dir / "buzon"


def _find(name: str) -> EmailMessage:
    message = _read(_folder() / name) if _NAME.fullmatch(name) else None
    if message is None:
        abort(404)
    return message


def _read(path: Path) -> EmailMessage | None:
    """A mail, or None when somebody emptied the folder meanwhile."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return email.message_from_bytes(data, policy=email.policy.default)


def _is_picture(part: MIMEPart | EmailMessage) -> bool:
    return bool(_PICTURE.fullmatch(part.get_content_type()))
