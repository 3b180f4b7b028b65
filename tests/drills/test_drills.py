"""Short forms of the drills; ``make drill`` runs all of them in full."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.drills.kills import drill_kills
from tests.drills.lists import drill_import
from tests.drills.machines import drill_clocks
from tests.drills.outages import drill_bucket, drill_full_disk, drill_refused_mail, small_disk
from tests.drills.records import judge_logs
from tests.drills.stage import Stage
from tests.drills.writers import drill_writers

pytestmark = pytest.mark.e2e


@pytest.fixture
def play(migrated_database_url: str, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Play a drill on a stage of its own and look through its logs; returns what it tells."""
    stages: list[Stage] = []

    def run(drill: Callable[[Stage], str], **values: str) -> str:
        stage = Stage(tmp_path, migrated_database_url, **values)
        stages.append(stage)
        told = drill(stage)
        judge_logs(stage)
        return told

    yield run
    for stage in stages:
        stage.close()


def test_no_job_is_lost_while_the_consumer_is_killed_again_and_again(play):
    assert play(partial(drill_kills, jobs=60, kills=4)).startswith("60 jobs, 4 kills")


def test_what_was_acknowledged_outlives_kills_of_web_and_consumer(play):
    told = play(partial(drill_writers, people=12, kills=4, seconds=12))
    assert told.startswith("12 people, 4 kills")


@pytest.mark.usefixtures("once")
def test_a_full_disk_is_told_and_passes(play, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    with small_disk(tmp_path / "instance", 64):
        assert "'sign-in': 303" in play(drill_full_disk)


@pytest.mark.usefixtures("once")
def test_mails_that_nobody_takes_fail_once_each(play):
    assert play(partial(drill_refused_mail, mails=30)).startswith("30 refused")


@pytest.mark.usefixtures("once")
def test_a_bucket_with_faults_keeps_no_row_without_its_file(play):
    assert "read cut" in play(drill_bucket)


def test_two_machines_whose_clocks_differ_do_everything_once(play):
    assert play(partial(drill_clocks, jobs=18)).startswith("18 jobs once each")


def test_a_list_is_imported_once_while_the_consumer_is_killed(play):
    assert play(partial(drill_import, rows=600, kills=2)).startswith("600 rows, 2 kills")
