"""What a feature brings to an application, and what the features of one application bring together.

This module knows no feature. A part (a section, a setting, a job) is a class of the package that
uses it: that package asks ``current_features()`` for what all features brought.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, ParamSpec, TypeVar

from flask import Flask, current_app

if TYPE_CHECKING:
    from datetime import datetime
    from types import ModuleType

    from click import Command
    from flask import Blueprint

    from app.adjuntos.queries.file_owners import Keeper
    from app.ajustes.rules import Setting
    from app.db import Model
    from app.jobs.registry import Job
    from app.oficios.pages.sections import Panel, Section, Watch
    from app.web.navigation import Link
    from app.web.streaming import Source as StreamSource
    from config import Config

P = ParamSpec("P")
R = TypeVar("R")
Named = TypeVar("Named")

#: Where an application keeps its ``Features``.
KEY = "rastro_features"


class FileColumn(NamedTuple):
    """A column that holds the key of a stored file: a backup copies what it names."""

    table: str
    key: str
    #: The column with the file's SHA-256.
    digest: str


class StartRefused(Exception):
    """The installation may not be started like this; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What a feature does at each start of the installation: ``flask prepare``.

    Each stage is done by all features in their order before the next one. Any of them may raise
    ``StartRefused``.
    """

    #: Looks at the database before it is migrated, and changes nothing.
    before_tables: Callable[[Config], None] | None = None
    #: When its tables are of this version.
    after_tables: Callable[[Config], None] | None = None
    #: Writes what every installation has, in one transaction with all others.
    rows: Callable[[datetime], object] | None = None
    #: At the end, in transactions of its own; what it returns is reported to the supervisor.
    last: Callable[[Config], Mapping[str, object]] | None = None


class Question(Generic[P, R]):
    """A function of a lower feature that a feature above may answer; see ``asked_above``."""

    def __init__(self, default: Callable[P, R]) -> None:
        functools.update_wrapper(self, default)
        self._default = default

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask the feature of the running application that answers, or give the default."""
        answer: Callable[P, R] = current_features().answers.get(self, self._default)
        return answer(*args, **kwargs)

    def by(self, answer: Callable[P, R]) -> tuple[Question[P, R], Callable[P, R]]:
        """That ``answer`` answers it: an entry of ``Feature.provides``."""
        return self, answer


def asked_above(default: Callable[P, R]) -> Question[P, R]:
    """Make a function whose body holds only while no feature above provides another.

    A package that needs what a package above it knows declares the question so, and imports
    nothing of that package.
    """
    return Question(default)


@dataclass(frozen=True, kw_only=True)
class Feature:
    """What a package brings to the applications that list it. All parts may be absent."""

    #: That of the package, once in an application.
    name: str
    #: The classes of its rows. Alembic and the shell know them because they are listed here.
    models: tuple[type[Model], ...] = ()
    #: The modules of its views, each with its blueprint as ``bp``. A blueprint has only the routes
    #: of modules that were imported, so all of them are listed.
    pages: tuple[ModuleType, ...] = ()
    commands: tuple[Command, ...] = ()
    #: Sections of the case page; ``Section.place`` orders them.
    sections: tuple[Section, ...] = ()
    #: Panels of the *Resumen* of a case; ``Panel.place`` orders them.
    panels: tuple[Panel, ...] = ()
    #: What of a case wants attention first.
    watches: tuple[Watch, ...] = ()
    #: What an admin may change on the page *Ajustes*; ``Setting.place`` orders them.
    settings: tuple[Setting, ...] = ()
    jobs: tuple[Job, ...] = ()
    #: Where live streams get their news from, by the name that their listeners use.
    streams: Mapping[str, Callable[[], StreamSource]] = field(default_factory=dict)
    #: List the files that rows of this feature name, so that they are verified, moved and swept.
    keepers: tuple[Keeper, ...] = ()
    file_columns: tuple[FileColumn, ...] = ()
    #: What packages below may ask (``Question.by``).
    provides: tuple[tuple[Question[..., Any], Callable[..., Any]], ...] = ()
    #: Its links in the menus; ``Link.place`` orders them.
    navigation: tuple[Link, ...] = ()
    #: The endpoint where whoever asks begins; None for who is not at home here.
    landing: Callable[[], str | None] | None = None
    prepares: Preparation = field(default_factory=Preparation)
    #: Called once for each application, before its pages are registered.
    init: Callable[[Flask], None] | None = None

    @property
    def blueprints(self) -> tuple[Blueprint, ...]:
        """Those of its pages, once each, in their order."""
        return tuple(dict.fromkeys(module.bp for module in self.pages))


class DeclaredTwice(ValueError):
    """Two features bring a part of the same name: a programming error, found at the start."""


class Features:
    """What the features of one application brought, by its name and in their order."""

    def __init__(self, features: Iterable[Feature]) -> None:
        """Take what each of them brings.

        Raises:
            DeclaredTwice: two features bring a part of the same name.
        """
        self.by_name: dict[str, Feature] = {}
        self.sections: dict[str, Section] = {}
        self.panels: dict[str, Panel] = {}
        self.watches: list[Watch] = []
        self.settings: dict[str, Setting] = {}
        #: The models whose rows are evidence, by what a seal calls them.
        self.sealed: dict[str, type[Model]] = {}
        self.jobs: dict[str, Job] = {}
        self.streams: dict[str, Callable[[], StreamSource]] = {}
        self.keepers: list[Keeper] = []
        self.file_columns: list[FileColumn] = []
        self.answers: dict[Question[..., Any], Callable[..., Any]] = {}
        for feature in features:
            self._add(feature)

    def _add(self, feature: Feature) -> None:
        _put(self.by_name, {feature.name: feature})
        _put(self.sections, {section.name: section for section in feature.sections})
        _put(self.panels, {panel.name: panel for panel in feature.panels})
        self.watches += feature.watches
        _put(self.settings, {setting.clave: setting for setting in feature.settings})
        for model in feature.models:
            _put(self.sealed, {one.tipo: model for one in getattr(model, "__sealed__", ())})
        _put(self.jobs, {job.name: job for job in feature.jobs})
        _put(self.streams, feature.streams)
        _put(self.answers, dict(feature.provides))
        self.keepers += feature.keepers
        self.file_columns += feature.file_columns


def _put(parts: dict[Any, Named], new: Mapping[Any, Named]) -> None:
    for name, part in new.items():
        if name in parts:
            raise DeclaredTwice(f"{name} is declared by two features")
        parts[name] = part


def init_features(app: Flask, features: tuple[Feature, ...]) -> None:
    """Give an application its features, and register their pages and commands.

    Raises:
        DeclaredTwice: two of them bring a part of the same name.
    """
    app.extensions[KEY] = Features(features)
    for feature in features:
        if feature.init:
            feature.init(app)
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
        for command in feature.commands:
            app.cli.add_command(command)


def features_of(app: Flask) -> Features:
    """The features of an application."""
    features: Features = app.extensions[KEY]
    return features


def current_features() -> Features:
    """The features of the running application."""
    return features_of(current_app)
