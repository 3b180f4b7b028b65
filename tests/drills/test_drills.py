"""A short form of the drill (a); ``make drill`` runs all of them in full."""

from __future__ import annotations

import pytest

from tests.drills.kills import drill_kills
from tests.drills.stage import Stage

pytestmark = pytest.mark.e2e


def test_no_job_is_lost_while_the_consumer_is_killed_again_and_again(fresh_database_url, tmp_path):
    stage = Stage(tmp_path, fresh_database_url)
    try:
        told = drill_kills(stage, jobs=60, kills=4)
    finally:
        stage.close()
    assert told.startswith("60 jobs, 4 kills")
