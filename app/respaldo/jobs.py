"""The daily backup: made, copied elsewhere, and old ones cleared away."""

from __future__ import annotations

import json
import logging
from datetime import datetime

from app.adjuntos.rules import format_size
from app.ajustes.service import set_setting
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import record_disclosure
from app.db import release
from app.extensions import current_config
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.respaldo.queries import LAST_BACKUP
from app.respaldo.rules import ERASURES, names_to_remove
from app.respaldo.rules.backup_errors import BackupError
from app.respaldo.service import Backup, create_backup, rotate
from app.respaldo.service.old_backup import warn_of_old_backup
from config import Config

logger = logging.getLogger(__name__)

BACKUP_JOB = "respaldo.crear"
_DAY = 24 * 3600
#: Longer than a backup of many gigabytes takes; between its pieces the lease is renewed too.
_LEASE = 2 * 3600


@job(
    BACKUP_JOB,
    "Respaldar la base de datos y los archivos",
    every_seconds=_DAY,
    max_attempts=3,
    lease_seconds=_LEASE,
    sees_all=True,
)
def back_up(run: JobRun) -> None:
    """Make today's backup; a copy elsewhere that fails is said, and tried again by the retry."""
    config = current_config()
    release()
    now = run.clock()
    try:
        backup = create_backup(
            config.backup_dir,
            passphrase=config.backup_passphrase,
            now=now,
            step=run.renew,
        )
        text = finish_backup(backup, config, now=now)
    except BackupError as error:
        raise JobError(str(error)) from None
    with run.finish(text[:250]):
        note_copy(backup, config, now=run.clock())
        set_setting(LAST_BACKUP, summary(backup, config))


@job("respaldo.vigilar", "Vigilar que haya un respaldo reciente", every_seconds=3600)
def watch_backups(run: JobRun) -> None:
    """Tell the admins when no backup was made for too long, also when its job never came to be."""
    with run.finish():
        warn_of_old_backup(run.clock())


def note_copy(backup: Backup, config: Config, *, now: datetime) -> None:
    """Record that a backup left this machine, where there is a bucket; inside a transaction."""
    if config.bucket_configured:
        record_disclosure(
            CanalDivulgacion.RESPALDO,
            f"{backup.name}{', cifrado' if config.backup_passphrase else ', sin cifrar'}",
            f"bucket {config.s3_bucket_name}",
            base="Seguridad de los datos",
            now=now,
            cantidad=backup.manifest.row_count if backup.manifest else 1,
        )


def finish_backup(backup: Backup, config: Config, *, now: datetime) -> str:
    """Copy a new backup elsewhere if there is a bucket, clear old ones, and say what was done.

    Raises:
        BackupError: the bucket did not take it; the local one stays.
    """
    keep = {"keep_days": config.backup_keep_days, "keep_months": config.backup_keep_months}
    removed = len(rotate(config.backup_dir, now=now, **keep))
    text = tell(backup)
    if config.bucket_configured:
        from app.respaldo.outside.remote_copy import (
            Bucket,  # boto3 takes a second to import, only used here
        )

        bucket = Bucket(config)
        bucket.upload(backup.path)
        if (config.backup_dir / ERASURES).exists():
            bucket.upload(config.backup_dir / ERASURES)
        for name in names_to_remove(bucket.names(), now=now, **keep):
            bucket.remove(name)
        text += f" Copiado al bucket {config.s3_bucket_name}."
    if removed:
        text += f" Se borraron {removed} antiguos."
    return text


def tell(backup: Backup) -> str:
    """What a backup holds, in a sentence or two."""
    manifest = backup.manifest
    if manifest is None:
        return f"{backup.name}."
    text = (
        f"{backup.name}: {manifest.row_count} filas y {len(manifest.stored_files)} archivos, "
        f"{format_size(backup.size)}."
    )
    if manifest.missing:
        text += f" OJO: {len(manifest.missing)} archivos no estaban en el almacenamiento."
    if manifest.altered:
        text += f" OJO: {len(manifest.altered)} archivos no son los que se guardaron."
    return text


def summary(backup: Backup, config: Config) -> str:
    """What the page of the state says of the last backup, as it is stored."""
    manifest = backup.manifest
    return json.dumps(
        {
            "name": backup.name,
            "at": backup.made_at.isoformat(),
            "size": backup.size,
            "rows": manifest.row_count if manifest else 0,
            "files": len(manifest.stored_files) if manifest else 0,
            "wrong": len(manifest.missing) + len(manifest.altered) if manifest else 0,
            "bucket": config.s3_bucket_name,
            "encrypted": bool(config.backup_passphrase),
        }
    )
