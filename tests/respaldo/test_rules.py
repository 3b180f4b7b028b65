from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.core.clock import utcnow
from app.respaldo.rules import Manifest, backup_name, made_at, names_to_remove, order_by_age
from app.respaldo.service import find_backup

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def daily(days: int) -> list[str]:
    return [backup_name(NOW - timedelta(days=back), encrypted=False) for back in range(days)]


def test_a_name_says_when_it_was_made():
    for encrypted in (False, True):
        assert made_at(backup_name(NOW, encrypted=encrypted)) == NOW
    assert made_at("otra-cosa.tar") is None
    assert made_at("../rastro-20261124T030000Z.tar") is None


def test_days_are_kept_and_then_one_a_month():
    names = daily(400)

    removed = names_to_remove(names, now=NOW, keep_days=14, keep_months=6)
    kept = [name for name in names if name not in removed]

    assert kept[:15] == names[:15]
    assert [name[7:15] for name in kept[15:]] == [
        "20261031",
        "20260930",
        "20260831",
        "20260731",
        "20260630",
    ]


def test_the_last_one_is_never_removed_and_strange_files_are_left_alone():
    old = backup_name(NOW - timedelta(days=900), encrypted=True)

    assert names_to_remove([old, "notas.txt"], now=NOW, keep_days=1, keep_months=0) == []
    names = [backup_name(NOW, encrypted=True), old, "notas.txt"]
    assert names_to_remove(names, now=NOW, keep_days=1, keep_months=0) == [old]


def test_one_that_a_clock_which_ran_ahead_dated_takes_no_place():
    ahead = [backup_name(NOW + timedelta(days=days), encrypted=False) for days in (40, 700)]
    names = daily(3) + ahead

    assert order_by_age(names, NOW) == [*daily(3), *reversed(ahead)]
    # Nobody knows how old they are, so they stay; the newest of known age stays as well.
    assert names_to_remove(names, now=NOW, keep_days=0, keep_months=0) == daily(3)[1:]
    old = [backup_name(NOW - timedelta(days=90), encrypted=False)]
    assert names_to_remove(old + ahead, now=NOW, keep_days=1, keep_months=1) == []


def test_the_last_one_is_the_newest_of_known_age(tmp_path):
    now = utcnow()
    yesterday, ahead = (
        tmp_path / backup_name(now + timedelta(days=days), encrypted=False) for days in (-1, 90)
    )
    for path in (yesterday, ahead):
        path.write_bytes(b"x")

    assert find_backup(tmp_path, "ultimo") == yesterday
    yesterday.unlink()
    assert find_backup(tmp_path, "ultimo") == ahead


def test_a_manifest_is_read_as_it_was_written():
    manifest = Manifest(
        "x", "sqlite", "0001", "0.1.0", {"t": 3}, {"archivos/a/b": "1", "base/c": "2"}
    )

    assert Manifest.from_json(manifest.to_json()) == manifest
    assert manifest.row_count == 3
    assert manifest.stored_files == {"a/b": "1"}
