"""Signed links, while their algorithm is changed."""

from app.core import link_signature
from app.core.link_signature import make_token, new_selector, read_token


def test_links_go_on_while_a_stronger_algorithm_takes_over(monkeypatch):
    selector = new_selector()
    before = make_token(selector, "una clave", purpose="enlace")

    monkeypatch.setattr(link_signature, "_ALGORITHMS", ("sha512", "sha256"))
    after = make_token(selector, "una clave", purpose="enlace")
    assert len(after) > len(before)
    for token in (before, after):
        assert read_token(token, "una clave", purpose="enlace") == selector
        assert read_token(token, "una clave", purpose="otro") is None
        assert read_token(token, "otra clave", purpose="enlace") is None

    monkeypatch.setattr(link_signature, "_ALGORITHMS", ("sha512",))
    assert read_token(before, "una clave", purpose="enlace") is None
