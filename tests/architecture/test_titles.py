"""What tells the tabs of a browser apart, and leads a keyboard past what every page has."""

from __future__ import annotations

import html
import re
from collections import defaultdict

import pytest

from tests.architecture.screens import pages_of
from tests.architecture.world import url_arguments

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
SKIP = re.compile(r'<a class="skip-link" href="#([^"]+)">\s*Saltar [^<]+</a>')
#: The bars that stand above what a page is about, inside its main part.
BARS = ("home-bar", "case-head")


@pytest.mark.parametrize("who", ["admin", "investigador", "cliente"])
def test_titles_tell_pages_apart_and_every_page_can_be_skipped_into(
    who, app, sign_in, buffet, usuario_admin, request
):
    client = sign_in(request.getfixturevalue(f"usuario_{who}"))
    arguments = url_arguments(app, buffet, usuario_admin)
    titles = defaultdict(set)
    wrong = []
    for endpoint, url in pages_of(app, client, who, arguments):
        page = client.get(url).text
        title = TITLE.search(page)
        titles[" ".join(html.unescape(title[1]).split()) if title else ""].add(endpoint)
        places = SKIP.findall(page)
        wrong += [f"{url}: #{place} is nowhere" for place in places if f'id="{place}"' not in page]
        # Past the page's own bar as well, where it has one.
        if len(places) < (2 if any(f'class="{bar}' in page for bar in BARS) else 1):
            wrong.append(f"{url} has {len(places)} skip links")

    shared = {title: sorted(several) for title, several in titles.items() if len(several) > 1}
    assert not shared
    assert not wrong
    assert len(titles) >= {"admin": 90, "investigador": 45, "cliente": 12}[who]


def test_a_title_names_what_of_its_section_is_shown(app, sign_in, buffet, usuario_admin):
    arguments = url_arguments(app, buffet, usuario_admin)
    client, case = sign_in(usuario_admin), f"/oficios/{arguments['oficio_id']}"

    def title(path: str) -> str:
        found = TITLE.search(client.get(path).text)
        assert found
        return " ".join(found[1].split())

    assert title(f"{case}/direcciones") == "BBCL12 · Direcciones · Rastro"
    one = f"{case}/direcciones/{arguments['direccion_id']}"
    assert title(one) == "BBCL12 · Corregir una dirección · Direcciones · Rastro"
    photo = f"{case}/fotos/{arguments['adjunto_id']}"
    assert title(photo).endswith(".jpg · Fotos y documentos · Rastro")
    assert title(f"/privacidad/{arguments['version']}") == (
        f"Política de privacidad, versión {arguments['version']} · Rastro"
    )
