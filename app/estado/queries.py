"""What can be read about the installation without trying anything."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app.adjuntos.outside.antivirus import is_scanner_up
from app.adjuntos.rules import format_size
from app.anclaje.outside.tsa import list_authorities
from app.anclaje.queries import find_newest, list_dates, list_failed_stamps, list_sellos
from app.anclaje.rules import SILENCE_DAYS, due_night, missing_nights
from app.api.outside.disk import is_disk_low
from app.consultas.queries.check_budget import describe_budget, describe_pace, read_gasto
from app.consultas.rules.alcance import describe_reach
from app.core.clock import CLOCK_SKEW, is_ahead_of
from app.core.dates import format_duracion, format_fecha, format_fecha_hora
from app.core.sealed import OFFICE_CHAIN
from app.custodia.queries import find_review
from app.db import db
from app.inicio.queries import is_mail_proven, is_provider_proven
from app.jobs.pulse import clock_ahead, take_pulse
from app.jobs.skew import list_skews, newest_stamp
from app.mapa.outside.street_file import StreetFileRefused, find_street_file
from app.porticos.service import is_list_pending
from app.respaldo.queries import LastBackup, last_backup
from app.respaldo.rules import BACKUP_LIMIT
from app.vigia.outside import target_name
from app.vigia.queries import oldest_untold, read_mark
from app.vigia.rules import LATE
from config import Config, product_version


@dataclass(frozen=True)
class InstallationPart:
    """One part of the installation in words.

    ``tono`` is ``ok``, ``off`` (not used here, which is a choice), ``neutral`` (set up, and nobody
    knows whether it works), ``warn`` or ``danger``.
    """

    nombre: str
    tono: str
    texto: str


def list_partes(config: Config, now: datetime) -> list[InstallationPart]:
    """Every part, as the page of the state and ``flask doctor`` show them."""
    return [
        InstallationPart("Versión", "ok", f"Rastro {product_version()}."),
        _database(),
        _disk("Disco de los datos", config.instance_dir),
        _backup(last_backup(), now),
        _anchors(now),
        _office_chain(),
        _jobs(now),
        _clock(now),
        _mail(config),
        _antivirus(config),
        _audit_copy(now),
        _provider(config, now),
        *_gantry_list(),
        _streets(config),
        _address(config),
        _secrets(config),
    ]


def database_size() -> int:
    """Bytes that the database takes."""
    if db.engine.dialect.name == "postgresql":
        statement = sa.text("SELECT pg_database_size(current_database())")
    else:
        statement = sa.text(
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        )
    return int(db.session.scalar(statement) or 0)


def _database() -> InstallationPart:
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[db.engine.dialect.name]
    return InstallationPart("Base de datos", "ok", f"{kind}, ocupa {format_size(database_size())}.")


def _disk(nombre: str, folder: Path) -> InstallationPart:
    usage = shutil.disk_usage(folder if folder.exists() else folder.parent)
    text = f"Quedan {format_size(usage.free)} de {format_size(usage.total)}."
    if is_disk_low(folder):
        return InstallationPart(
            nombre,
            "danger",
            f"{text} Pida más espacio, o borre respaldos antiguos, antes de que se llene: con el "
            "disco lleno no se puede guardar nada.",
        )
    return InstallationPart(nombre, "ok", text)


def _gantry_list() -> list[InstallationPart]:
    """A line only while a newer list of gantries waits for somebody who applies it."""
    if not is_list_pending():
        return []
    return [
        InstallationPart(
            "Catálogo de pórticos",
            "warn",
            "Hay una lista nueva, la de 2026, que corrige tramos y puntos. Vea qué cambia y "
            "aplíquela en Administración, Pórticos.",
        )
    ]


def _streets(config: Config) -> InstallationPart:
    try:
        found = find_street_file(config.map_file)
    except StreetFileRefused as error:
        return InstallationPart(
            "Mapa",
            "warn",
            f"{error} El mapa se dibuja sin calles; docs/operacion.md dice de dónde bajar otro.",
        )
    if found is not None:
        text = (
            f"Calles de {found.path.name} ({format_size(found.size)}), servidas por esta máquina."
        )
    elif config.map_tile_url:
        text = "Calles del servidor de MAP_TILE_URL."
    else:
        text = (
            "Comunas y esquema de las autopistas. Para ver calles sin preguntar a nadie, ponga un "
            "archivo en instance/mapa (docs/operacion.md)."
        )
    return InstallationPart("Mapa", "ok", text)


def _antivirus(config: Config) -> InstallationPart:
    if not config.clamd_url:
        return InstallationPart(
            "Antivirus",
            "off",
            "No hay: lo que envían receptores y buffets no se revisa. Con ClamAV en esta máquina, "
            "escriba CLAMD_URL.",
        )
    if is_scanner_up():
        return InstallationPart("Antivirus", "ok", "ClamAV revisa cada archivo que llega.")
    return InstallationPart(
        "Antivirus",
        "danger",
        "ClamAV no responde: mientras tanto no se recibe ningún archivo. Revise clamd.",
    )


def _audit_copy(now: datetime) -> InstallationPart:
    where = target_name()
    if not where:
        return InstallationPart(
            "Auditoría en otra máquina",
            "off",
            "No hay: quien entre a esta máquina podría borrar también lo que dice quién entró. "
            "Con AUDIT_SYSLOG_URL, otra la recibe apenas crece.",
        )
    since = oldest_untold(read_mark(), now=now)
    if since is None or now - since < LATE:
        return InstallationPart("Auditoría en otra máquina", "ok", f"{where} recibe cada entrada.")
    return InstallationPart(
        "Auditoría en otra máquina",
        "danger",
        f"{where} no recibe nada desde el {format_fecha_hora(since)}. Revise esa máquina; lo que "
        "falta se le envía cuando responda.",
    )


def _backup(last: LastBackup | None, now: datetime) -> InstallationPart:
    if last is None:
        return InstallationPart(
            "Respaldo",
            "danger",
            "Todavía no hay ninguno. Se hace uno por día; para hacerlo ahora, use «Respaldar "
            "ahora» en Estado, o «backup create» en la máquina.",
        )
    where = f"copiado también a {last.bucket}" if last.bucket else "sólo en esta máquina"
    text = (
        f"El último es del {format_fecha_hora(last.at)}: {last.rows} filas y {last.files} "
        f"archivos, {format_size(last.size)}, {'cifrado' if last.encrypted else 'sin cifrar'}, "
        f"{where}."
    )
    if last.wrong:
        return InstallationPart(
            "Respaldo",
            "danger",
            f"{text} Hay {last.wrong} archivos que faltan o cambiaron en el almacenamiento.",
        )
    if is_ahead_of(last.at, now):
        return InstallationPart(
            "Respaldo",
            "danger",
            f"{text} Esa fecha todavía no llega: el reloj estaba adelantado, así que no se sabe de "
            "cuándo es. Haga uno ahora con «Respaldar ahora».",
        )
    if now - last.at > BACKUP_LIMIT:
        return InstallationPart(
            "Respaldo", "danger", f"{text} Falta el de hoy: revise los trabajos."
        )
    if not last.bucket:
        return InstallationPart(
            "Respaldo", "warn", f"{text} Si esta máquina se pierde, se pierde con ella."
        )
    return InstallationPart("Respaldo", "ok", text)


def _anchors(now: datetime) -> InstallationPart:
    """Whether somebody outside can tell that the chains were not made anew."""
    newest = find_newest()
    if newest is None:
        return InstallationPart(
            "Anclas", "warn", "Todavía no hay ninguna: nadie de afuera puede dar fe de la custodia."
        )
    text = f"La última es la {newest.id}, de la noche del {format_fecha(newest.fecha)}."
    gaps = missing_nights(list_dates(), due_night(now))
    if gaps:
        text = f"{text} Noches sin ancla: {len(gaps)}."
    if (due_night(now) - newest.fecha).days >= SILENCE_DAYS:
        return InstallationPart("Anclas", "danger", f"{text} Revise los trabajos.")
    authorities = list_authorities()
    if not authorities:
        return InstallationPart(
            "Anclas",
            "warn",
            f"{text} Ninguna autoridad de sello de tiempo está configurada (TSA_URLS): valen para "
            "quien guardó una raíz.",
        )
    failed = list_failed_stamps(newest.id, list(authorities))
    if failed:
        told = " ".join(f"{tsa}: {error}" for tsa, error in failed.items())
        return InstallationPart("Anclas", "warn", f"{text} Sin su sello de tiempo. {told}")
    waiting = authorities.keys() - {sello.tsa for sello in list_sellos([newest.id])[newest.id]}
    if waiting:
        return InstallationPart(
            "Anclas", "ok", f"{text} Se espera el sello de tiempo de {', '.join(sorted(waiting))}."
        )
    return InstallationPart("Anclas", "ok", f"{text} La selló {', '.join(sorted(authorities))}.")


def _office_chain() -> InstallationPart:
    """What the last verification of the office's chain found: no case's page shows it."""
    review = find_review(OFFICE_CHAIN)
    if review is None:
        return InstallationPart(
            "Custodia de la oficina",
            "warn",
            "Nadie la ha comparado todavía. Se hace una vez por día, o con «custodia verify».",
        )
    when = format_fecha_hora(review.revisada_at)
    if review.is_intact:
        return InstallationPart(
            "Custodia de la oficina",
            "ok",
            f"La auditoría y los enlaces calzaban con su cadena el {when}.",
        )
    first = " ".join(str(problem["texto"]) for problem in review.problemas[:3])
    return InstallationPart(
        "Custodia de la oficina",
        "danger",
        f"El {when} había {len(review.problemas)} hallazgos. {first} La orden «custodia verify» "
        "los dice todos.",
    )


def _jobs(now: datetime) -> InstallationPart:
    pulse = take_pulse(now)
    problems = pulse.problems()
    if problems:
        return InstallationPart("Trabajos", "danger", " ".join(problems))
    heard = f" Última señal: {format_fecha_hora(pulse.heard_at)}." if pulse.heard_at else ""
    return InstallationPart(
        "Trabajos", "ok", f"{pulse.consumers} en marcha, {pulse.due} tareas esperando.{heard}"
    )


def _clock(now: datetime) -> InstallationPart:
    """Compare the clocks of machine, database and consumers, and the newest stored moment."""
    told = []
    ahead = clock_ahead()
    if abs(ahead) > CLOCK_SKEW:
        told.append(f"El reloj de esta máquina va {_how_far(ahead)} respecto del de la base.")
    told += [
        f"El reloj del consumidor {name} va {_how_far(skew)} respecto del de la base."
        for name, skew in list_skews()
    ]
    newest = newest_stamp()
    if newest is not None and is_ahead_of(newest, now):
        told.append(
            f"Hay datos anotados con la hora {format_fecha_hora(newest)}, que todavía no llega: el "
            "reloj estuvo adelantado, o está atrasado ahora."
        )
    if told:
        told.append("Ponga la máquina en hora (NTP). Los trabajos siguen a su ritmo.")
        return InstallationPart("Reloj", "warn", " ".join(told))
    return InstallationPart("Reloj", "ok", f"Son las {format_fecha_hora(now)}.")


def _how_far(ahead: timedelta) -> str:
    side = "adelantado" if ahead > timedelta(0) else "atrasado"
    return f"{format_duracion(abs(ahead.total_seconds()))} {side}"


def _mail(config: Config) -> InstallationPart:
    if not config.mail_configured:
        # Production does not start without one.
        return InstallationPart(
            "Correo",
            "warn",
            "No hay servidor de correo: lo que envía la demostración queda en su buzón, y fuera de "
            "ella no se puede avisar a nadie.",
        )
    how = f", con OAuth 2 como {config.smtp_user}" if config.smtp_oauth else ""
    text = f"Se envía por {config.smtp_host} desde {config.smtp_from}{how}."
    if not is_mail_proven(config):
        return InstallationPart(
            "Correo", "neutral", f"{text} Nadie lo ha probado: use «Enviarme un correo»."
        )
    return InstallationPart("Correo", "ok", text)


def _provider(config: Config, now: datetime) -> InstallationPart:
    if not config.provider_configured:
        return InstallationPart(
            "Pórticos", "warn", "No hay proveedor configurado: las consultas no traen resultados."
        )
    gasto = read_gasto(config.porticos_provider, now)
    text = (
        f"Se consulta a {config.provider_api_url}: {describe_reach(gasto.alcance)}. Van "
        f"{describe_budget(gasto)}. {describe_pace(gasto)}"
    )
    if not is_provider_proven(config):
        return InstallationPart("Pórticos", "neutral", f"{text} Nadie lo ha probado: use «Probar».")
    return InstallationPart("Pórticos", "warn" if gasto.is_spent or gasto.loses else "ok", text)


def _address(config: Config) -> InstallationPart:
    if config.base_url.startswith("https://"):
        return InstallationPart("Dirección", "ok", config.base_url)
    return InstallationPart(
        "Dirección",
        "warn",
        f"{config.base_url} no usa HTTPS: sirve en un computador propio, no hacia afuera.",
    )


def _secrets(config: Config) -> InstallationPart:
    """Where the secrets come from, by their names alone."""
    words = {
        "credencial": "de una credencial",
        "archivo": "de un archivo",
        "variable": "de una variable",
    }
    told = []
    for source, where in words.items():
        names = [name for name, found in config.secret_sources if found == source]
        if names:
            told.append(f"{where}: {', '.join(names)}")
    text = f"Se leen {'; '.join(told)}." if told else "No hay ninguno."
    if config.is_production and words["variable"] in text:
        text += (
            " Una variable queda sin cifrar en el archivo que la dice: «Los secretos», en "
            "docs/operacion.md, explica cómo guardarlos cifrados."
        )
    return InstallationPart("Secretos", "ok", text)
