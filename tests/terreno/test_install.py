"""What a phone installs and keeps: nothing of anybody, all that the page needs, a new version."""

from __future__ import annotations

import json
import re
from io import BytesIO

from PIL import Image

from app.terreno.pages.offline_assets import ASSETS, version
from config import ROOT


def test_the_manifest_names_icons_that_are_what_it_says(stranger):
    response = stranger.get("/terreno/manifest.webmanifest")

    manifest = response.json
    assert response.mimetype == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"]) == ("/terreno", "/terreno")
    assert manifest["display"] == "standalone"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        with stranger.get(icon["src"]) as response:
            picture = Image.open(BytesIO(response.get_data()))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]


def test_the_worker_may_serve_the_page_and_keeps_files_that_exist(stranger):
    response = stranger.get("/terreno/sw.js")

    assert response.mimetype == "text/javascript"
    assert response.headers["Service-Worker-Allowed"] == "/terreno"
    assert response.headers["Cache-Control"] == "no-cache"
    program, given = re.fullmatch(
        r'import \{ start \} from "(.*)";\nstart\((.*)\);\n', response.text
    ).groups()
    with stranger.get(program) as script:
        assert script.mimetype == "text/javascript"
    settings = json.loads(given)
    assert settings["version"] == version()
    for path in settings["assets"]:
        with stranger.get(path) as asset:
            assert asset.status_code == 200
            assert "immutable" in asset.headers["Cache-Control"]


def test_the_shell_holds_nothing_of_anybody_and_nothing_that_is_not_kept(
    stranger, investigador, usuario_investigador, direccion_id
):
    for client in (stranger, investigador):
        html = client.get("/terreno/app").text
        assert "Rosa Soto" not in html
        assert f"terreno-lista-{usuario_investigador.id}" not in html
    html = stranger.get("/terreno/app").text
    used = set(re.findall(r'(?:src|href)="/static/[0-9a-f]{16}/([^"#?]+)', html))
    assert "js/terreno/page.js" in used
    # account.js is for people who are signed in; the favicon and the fonts come with the others.
    assert used <= set(ASSETS), used - set(ASSETS)


def test_a_phone_keeps_whatever_the_scripts_that_it_keeps_import():
    static = ROOT / "static"
    scripts = [name for name in ASSETS if name.endswith(".js")]
    for name in scripts:
        text = (static / name).read_text(encoding="utf-8")
        for wanted in re.findall(r"""(?:from|import\()\s*"(\.[^"]+)\"""", text):
            path = (static / name).parent.joinpath(wanted).resolve()
            assert path.relative_to(static).as_posix() in scripts, (name, wanted)


def test_the_page_tells_its_version_and_lets_only_our_own_scripts_work(investigador):
    response = investigador.get("/terreno")

    assert response.headers["Terreno-Version"] == version()
    policy = response.headers["Content-Security-Policy"]
    for part in ("script-src 'self'", "worker-src 'self'", "manifest-src 'self'"):
        assert part in policy
    assert response.headers["Cache-Control"] == "no-store"


def test_the_firm_is_led_to_terreno_and_a_cliente_is_not(investigador, cliente):
    assert 'href="/terreno"' in investigador.get("/tablero").text
    assert 'href="/terreno"' not in cliente.get("/portal").text
