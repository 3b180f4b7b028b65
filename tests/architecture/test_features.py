"""An application is what its features bring: nothing is forgotten, shared, or tied to a leaf."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import flask_migrate
import pytest
from flask import Flask
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app import create_app
from app.adjuntos.queries.file_owners import Guardado, list_kept
from app.ajustes.rules import Setting
from app.ajustes.rules.settings_registry import list_settings
from app.core.sealed import Sealed
from app.custodia.queries.sealed_sources import list_sources, row_label
from app.db import Model, db, transaction
from app.extensions import limiter
from app.feature import DeclaredTwice, Feature, Features, Preparation, features_of
from app.features import FEATURES
from app.jobs.queue import enqueue, set_bell
from app.jobs.registry import Job, UnknownJob, get_job, job, list_kinds
from app.jobs.runner import JobRun
from app.notificaciones.rules.sources import Location, find_location, list_found
from app.oficios.pages.sections import Section, list_sections
from app.usuarios.outside import hashes
from app.usuarios.rules import Rol
from app.web.navigation import Audience, Link, Menu
from app.web.streaming import Source as StreamSource
from app.web.streaming import make_sources
from tests.factories import make_usuario, sign_in_client
from tests.plugins.application import test_config as config_for_tests

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


# ------------------------------------------------------------------ nothing is forgotten


def listed(part: str) -> set[object]:
    return {item for feature in FEATURES for item in getattr(feature, part)}


def modules() -> list[tuple[str, str]]:
    """The name and text of every module of the application."""
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts), path.read_text())
        for path in sorted((ROOT / "app").rglob("*.py"))
    ]


def test_every_package_that_declares_a_feature_is_listed():
    folders = {path.parent.name for path in (ROOT / "app").glob("*/feature.py")}

    assert [feature.name for feature in FEATURES if feature.name not in folders] == []
    assert folders == {feature.name for feature in FEATURES}


def test_every_module_with_views_is_listed_by_its_feature():
    """A blueprint has only the routes of modules that were imported."""
    views = {
        name.removesuffix(".__init__")
        for name, text in modules()
        # The nouns of the API are parts of its own blueprint.
        if re.search(r"^@bp\.(get|post|route)\(", text, re.MULTILINE)
        and not name.startswith("app.api.v1.")
    }

    assert len(views) > 30
    assert views - {page.__name__ for page in listed("pages")} == set()


def test_every_job_is_listed_by_a_feature():
    made = {
        item
        for name, module in list(sys.modules.items())
        if name.startswith("app.")
        for item in vars(module).values()
        if isinstance(item, Job)
    }

    assert len(made) > 10
    assert made - listed("jobs") == set()


def test_every_table_belongs_to_one_feature_or_to_the_ledger():
    mapped = {mapper.class_ for mapper in Model.registry.mappers}
    ledger = {row for row in mapped if row.__module__.startswith("app.jobs.")}
    owners = defaultdict(list)
    for feature in FEATURES:
        for row in feature.models:
            owners[row].append(feature.name)
            assert row.__module__.split(".")[1] == feature.name

    assert len(ledger) == 5
    assert mapped - ledger == set(owners)
    assert [row for row, names in owners.items() if len(names) > 1] == []


def test_a_part_that_two_features_bring_is_refused_at_the_start():
    setting = Setting("prueba.dias", "Pruebas", "Días", 3)
    one, two = (Feature(name=name, settings=(setting,)) for name in ("una", "otra"))

    with pytest.raises(DeclaredTwice, match=r"prueba\.dias"):
        Features((one, two))
    assert set(Features((one,)).settings) == {"prueba.dias"}


def test_every_link_leads_to_a_page_and_no_two_stand_in_one_place(app):
    links = [link for feature in FEATURES for link in feature.navigation]

    assert len(links) > 20
    assert {link.endpoint for link in links} <= set(app.view_functions)
    assert len({(link.menu, link.place, link.audience is Audience.CLIENTE) for link in links}) == (
        len(links)
    )


# ------------------------------------------------------------------ two in one process


@job("prueba.otra", "Trabajo de la otra aplicación")
def other_job(run: JobRun) -> None:
    """Nothing to do but to be done."""


class Silence(StreamSource):
    """Never has news."""

    def look(self, listeners):
        return None

    def recent(self):
        return None


class OtherBase(DeclarativeBase):
    """Its models are of the other application alone."""


class OtherRow(OtherBase):
    """A row of the other application, which seals it."""

    __tablename__ = "avisos"
    __sealed__ = (Sealed(tipo="otra", label="la fila de la otra", fields=(), chain=None),)

    id: Mapped[int] = mapped_column(primary_key=True)


@click.command("otra-orden")
def other_command() -> None:
    """A command of the other application."""


OWN = Setting("prueba.color", "Pruebas", "Color de la otra", "verde")
HERE = Location("Av. Otra 123", "hoy", "la otra aplicación")
KEPT = Guardado("de la otra", "local", [("clave", None)], lambda source, target: False)
OTHER = Feature(
    name="otra",
    commands=(other_command,),
    sections=(Section("otra", "Otra sección", "note", "oficios.detail", 0),),
    settings=(OWN,),
    models=(OtherRow,),  # type: ignore[arg-type]
    jobs=(other_job,),
    streams={"otra": Silence},
    keepers=(lambda: [KEPT],),
    provides=(find_location.by(lambda oficio_id: HERE),),
    navigation=(Link(Menu.BAR, 1, "oficios.create", "Enlace de la otra", "plus"),),
    prepares=Preparation(last=lambda config: {"otra": config.argon2_memory_kib}),
)
LEFT_OUT = {"ubicado", "terreno", "informes", "trabajos"}


@pytest.fixture
def other(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """A second application, built after the first, on another database and of other features."""
    config = config_for_tests(
        f"sqlite:///{tmp_path / 'otra.sqlite3'}",
        tmp_path,
        SECRET_KEY="another secret, only for tests, never anywhere else",
        ARGON2_MEMORY_KIB="64",
    )
    kept = tuple(feature for feature in FEATURES if feature.name not in LEFT_OUT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiter, "enabled", True)  # switched off it leaves a new application alone
        other = create_app(config, (*kept, OTHER))
    other.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with other.app_context():
        flask_migrate.upgrade()
    yield other
    with other.app_context():
        db.engine.dispose()


def test_two_applications_have_each_its_own_parts(app, other):
    with app.app_context():
        first = {section.name for section in list_sections()}
        assert "prueba.color" not in {setting.clave for setting in list_settings()}
        assert row_label("otra") == "otra"
        assert row_label("ubicacion") == "la ubicación"
        assert "prueba.otra" not in dict(list_kinds())
        with pytest.raises(UnknownJob):
            get_job("prueba.otra")
        assert get_job("ubicado.revisar").label
        assert find_location(1) is None
        assert list_kept() == []
    with other.app_context():
        second = [section.name for section in list_sections()]
        settings = {setting.clave for setting in list_settings()}
        assert "prueba.color" in settings
        assert not any(clave.startswith("ubicado") for clave in settings)
        assert {source.tipo for source in list_sources()} >= {"otra", "bitacora"}
        assert row_label("ubicacion") == "ubicacion"
        assert get_job("prueba.otra") is other_job
        with pytest.raises(UnknownJob):
            get_job("ubicado.revisar")
        assert find_location(1) == HERE
        assert list(list_found([1])) == []
        assert list_kept() == [KEPT]
    assert second[0] == "otra"
    assert first - set(second) == {"ubicacion", "expediente", "trabajos"}
    assert set(make_sources(app)) == {"avisos", "eventos"}
    assert set(make_sources(other)) == {"avisos", "eventos", "otra"}
    assert "otra-orden" in other.cli.commands
    assert "otra-orden" not in app.cli.commands
    assert features_of(app) is not features_of(other)


def signed_in(app: Flask):
    return sign_in_client(app, make_usuario(app, Rol.ADMIN))


def test_each_application_answers_as_itself(app, other):
    here, there = signed_in(app), signed_in(other)

    assert here.get("/terreno").status_code == 200
    assert there.get("/terreno").status_code == 404
    assert 'name="prueba_color"' in there.get("/admin/ajustes").text
    assert 'name="prueba_color"' not in here.get("/admin/ajustes").text
    assert "Terreno" in here.get("/tablero").text
    assert "Enlace de la otra" not in here.get("/tablero").text
    assert "Terreno" not in there.get("/tablero").text
    assert "Enlace de la otra" in there.get("/tablero").text


def test_each_application_hashes_at_its_own_cost(app, other):
    made = {}
    for one in (app, other, app):
        with one.app_context():
            made[one] = hashes().make("una clave")
            assert not hashes().is_outdated(made[one])
            assert hashes().fits(made[one], "una clave")
    with app.app_context():
        assert hashes().is_outdated(made[other])
    assert "m=64," in made[other]
    assert "m=64," not in made[app]


def test_a_start_is_prepared_by_the_features_that_are_there(app, other):
    result = other.test_cli_runner().invoke(args=["prepare"])

    assert result.exit_code == 0, result.output
    report = json.loads(result.output.splitlines()[-1])
    assert report["otra"] == 64
    assert report["demo"] is False
    result = app.test_cli_runner().invoke(args=["prepare"])
    assert "otra" not in json.loads(result.output.splitlines()[-1])


def test_each_application_wakes_its_own_consumer(app, other):
    rung: list[str] = []
    usual = app.extensions["bell"]
    set_bell(app, lambda moment: rung.append("first"))
    set_bell(other, lambda moment: rung.append("second"))
    try:
        with other.app_context(), transaction():
            enqueue("prueba.otra", key="k", now=NOW)
        assert rung == ["second"]
        with app.app_context(), transaction():
            enqueue("ubicado.revisar", key="k", now=NOW)
        assert rung == ["second", "first"]
    finally:
        set_bell(app, usual)


def test_each_application_counts_attempts_for_itself(app, other, throttled):
    wrong = {"email": "nadie@oficina.example", "password": "no es esta"}
    there = other.test_client()
    codes = [there.post("/entrar", data=wrong).status_code for _ in range(12)]
    assert (codes[0], codes[-1]) == (401, 429)
    assert app.test_client().post("/entrar", data=wrong).status_code == 401
    with app.app_context():
        limiter.reset()
    assert there.post("/entrar", data=wrong).status_code == 429


# ------------------------------------------------------------------ a leaf is deleted


def leaves() -> list[str]:
    """The features that no other package imports."""
    imported = {
        target
        for name, text in modules()
        for target in re.findall(r"^\s*(?:from|import) app\.(\w+)", text, re.MULTILINE)
        if name.split(".")[1] != target
    }
    return [feature.name for feature in FEATURES if feature.name not in imported]


#: Runs in the copy: everything is imported, and an admin and a cliente see all that is left.
VISIT = textwrap.dedent("""
    import gc, pkgutil, sys
    gc.disable()  # it ends before there is much
    from importlib import import_module
    from pathlib import Path

    import flask_migrate

    import app as package
    from app import create_app
    from app.usuarios.rules import Rol
    from tests.factories import make_buffet, make_oficio, make_usuario, sign_in_client
    from tests.plugins.application import test_config

    folder = Path(sys.argv[1])
    assert Path(package.__file__).is_relative_to(folder), package.__file__
    app = create_app(test_config(f"sqlite:///{folder}/x.sqlite3", folder / "instance"))
    app.config.update(TESTING=True, EVENTS_SECONDS=0)
    with app.app_context():
        flask_migrate.upgrade()
    buffet = make_buffet(app)
    admin = make_usuario(app, Rol.ADMIN)
    people = (admin, make_usuario(app, Rol.CLIENTE, buffet))
    oficio = make_oficio(app, buffet, admin)
    seen = 0
    for usuario in people:
        client = sign_in_client(app, usuario)
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and rule.arguments <= {"oficio_id"}:
                with app.test_request_context():
                    values = {"oficio_id": oficio.id} if rule.arguments else {}
                    url = app.url_for(rule.endpoint, _external=False, **values)
                answer = client.get(url)
                is_well = answer.status_code < 500 or rule.endpoint.startswith("health.")
                assert is_well, (url, answer.status_code)
                seen += answer.status_code == 200
    for module in pkgutil.walk_packages(package.__path__, "app."):
        if not module.name.endswith(".__main__"):
            import_module(module.name)
    print(seen, "pages")
""")


@pytest.mark.parametrize("names", [["terreno"], leaves()], ids=["one", "all together"])
def test_a_leaf_is_deleted_with_its_folder_and_one_line(names, tmp_path):
    assert set(names) <= set(leaves())
    shutil.copytree(
        ROOT / "app", tmp_path / "app"
    )  # with what is compiled already, as it keeps dates
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    for name in ("config.py", "config_reader.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("static", "migrations", "tests", "tools"):
        (tmp_path / name).symlink_to(ROOT / name)

    features = tmp_path / "app" / "features.py"
    for name in names:
        shutil.rmtree(tmp_path / "app" / name)
        shutil.rmtree(tmp_path / "templates" / name, ignore_errors=True)
        before = features.read_text().splitlines(keepends=True)
        after = [line for line in before if line.strip() != f'"{name}",']
        assert len(after) == len(before) - 1
        features.write_text("".join(after))

    done = _run_in(tmp_path, sys.executable, "-W", "error", "-c", VISIT, str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout.split()[0]) > 30
    linted = _run_in(tmp_path, str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert linted.returncode == 0, linted.stdout[-3000:]
    assert "0 broken" in linted.stdout


def _run_in(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
