"""What a person sent in a form that could not be stored, to be shown and sent again."""

from __future__ import annotations

from flask import request

from app.web.fragments import page_before

#: Fields that an answer never repeats: passwords, and the token that is made anew.
_NEVER = {"csrf_token", "password", "current", "repeated"}


def typed_context() -> dict[str, object]:
    """What ``errors/ocupado.html`` needs.

    ``fields`` are all pairs to send again, or None if that cannot be: a browser does not keep
    files, and passwords are not repeated. ``texts`` are the words that a person typed, ``back`` is
    the page that the form was on.
    """
    if request.method != "POST":
        here = request.full_path.rstrip("?")
        return {"fields": None, "texts": [], "has_files": False, "back": here}
    pairs = [pair for pair in request.form.items(multi=True) if pair[0] not in _NEVER]
    has_files = any(file.filename for _, file in request.files.items(multi=True))
    has_secret = bool(_NEVER & set(request.form) - {"csrf_token"})
    return {
        "fields": None if has_files or has_secret else pairs,
        "texts": [value for _, value in pairs if " " in value.strip()],
        "has_files": has_files,
        "back": (page_before() or "/").partition("?")[0],
    }
