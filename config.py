"""Configuration, read once from environment variables and refused with sentences when it is wrong.

Every variable is documented in ``.env.example``. ``load_config`` takes the environment as a
mapping, so that tests and the supervisor read it in the same way.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from config_reader import Reader, is_guessable, is_own_network, missing_encryption

ROOT = Path(__file__).resolve().parent
ENVIRONMENTS = ("development", "test", "production")
PROVIDERS = ("generico", "boostr")
ALGORITHMS = ("hs256", "hs384", "hs512")
#: Variables of which one means nothing without the other.
TOGETHER = (
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ("SMTP_USER", "SMTP_PASSWORD"),
    ("PROVIDER_API_URL", "PROVIDER_API_KEY"),
    ("VEHICLE_DATA_URL", "VEHICLE_DATA_KEY"),
    ("VAPID_PRIVATE_KEY", "VAPID_SUBJECT"),
)

_RANDOM_KEY = (
    "al menos 32 caracteres al azar, por ejemplo los de: "
    'python3 -c "import secrets; print(secrets.token_urlsafe(48))".'
)

#: Variables by the names that they had before, which are read too: one provider gave them to all.
FORMER_NAMES = {
    "BOOSTR_API_URL": "PROVIDER_API_URL",
    "BOOSTR_API_KEY": "PROVIDER_API_KEY",
    "BOOSTR_PORTICOS_PATH": "PROVIDER_PATH",
}

#: What may also be in a file: one that the variable with ``_FILE`` at its end names, or one of its
#: own name in ``CREDENTIALS_DIRECTORY`` (systemd, Docker's and Kubernetes' secrets).
SECRETS = (
    "SECRET_KEY",
    "DATABASE_URL",
    "HUEY_URL",
    "REDIS_URL",
    "SMTP_USER",
    "SMTP_PASSWORD",
    "SMTP_OAUTH_CLIENT_SECRET",
    "SMTP_OAUTH_REFRESH_TOKEN",
    "IMAP_PASSWORD",
    "PROVIDER_API_KEY",
    "VEHICLE_DATA_KEY",
    "METRICS_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "BACKUP_PASSPHRASE",
    "SENTRY_DSN",
    "VAPID_PRIVATE_KEY",
)


class ConfigError(Exception):
    """What is missing or wrong in the environment, one Spanish sentence a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Config:
    """The typed configuration of one installation.

    Sizes are in bytes and times in seconds unless the name says otherwise.
    """

    environment: str
    secret_key: str
    instance_dir: Path
    database_url: str
    huey_url: str
    base_url: str
    port: int
    log_level: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_from: str
    smtp_tls: bool
    smtp_oauth_token_url: str
    smtp_oauth_client_id: str
    smtp_oauth_client_secret: str
    smtp_oauth_refresh_token: str
    smtp_oauth_scope: str
    #: ``tcp://host:port`` or ``unix:///path`` of ClamAV's clamd; empty: files are not scanned.
    clamd_url: str
    audit_syslog_url: str
    audit_syslog_ca: str
    #: The mailbox that feeds the tray; empty: none does.
    imap_host: str
    imap_port: int
    imap_user: str
    imap_password: str
    imap_folder: str
    #: ``ssl``, ``starttls``, or ``none`` for a server on this machine.
    imap_tls: str
    #: Name under which that server writes ``Authentication-Results``; empty: no sender is trusted.
    imap_authserv_id: str
    storage_type: str
    storage_dir: Path
    max_upload_bytes: int
    porticos_provider: str
    provider_api_url: str
    provider_api_key: str
    provider_path: str
    provider_allow_private: bool
    #: Where the data of a vehicle are asked for; ``{patente}`` is replaced.
    vehicle_data_url: str
    vehicle_data_key: str
    #: The header that carries the key; ``Authorization`` as a bearer token.
    vehicle_data_header: str
    #: Whose messages browsers are sent, and whom a push service turns to; empty: none are sent.
    vapid_private_key: str
    vapid_subject: str
    webhooks_allow_private: bool
    #: The only machines that webhooks may be sent to; none: any on the Internet.
    webhook_hosts: tuple[str, ...]
    provider_quota: int
    provider_quota_seconds: int
    provider_timeout: float
    algorithm: str
    access_token_minutes: int
    backend_cors_origins: tuple[str, ...]
    worker_threads: int
    link_days: int
    argon2_memory_kib: int
    secure_cookies: bool
    trusted_proxies: int
    metrics_token: str
    aws_access_key_id: str
    aws_secret_access_key: str
    aws_region: str
    s3_bucket_name: str
    s3_endpoint_url: str
    backup_dir: Path
    backup_passphrase: str
    backup_keep_days: int
    backup_keep_months: int
    #: Time-stamping authorities (RFC 3161); none: anchors are not stamped.
    tsa_urls: tuple[str, ...]
    #: Certificates of authorities that their answers have to lead to, PEM; "": any.
    tsa_ca: str
    sentry_dsn: str
    log_format: str
    map_tile_url: str
    map_attribution: str
    #: The archive of streets, or the folder with it; need not exist.
    map_file: Path
    web_reload: bool
    web_request_seconds: int
    #: Each secret that is set, and whether a variable, a file or a credential says it.
    secret_sources: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def map_tile_origin(self) -> str:
        """The host that gives the map's pictures, as a security policy names it.

        Empty without tiles, and when this application's own address gives them.
        """
        parts = urlsplit(self.map_tile_url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @property
    def is_production(self) -> bool:
        """Whether demo data, default secrets and default passwords are forbidden."""
        return self.environment == "production"

    @property
    def bucket_configured(self) -> bool:
        """Whether there is a bucket that speaks S3, for files or for copies of the backups."""
        return bool(self.s3_bucket_name)

    @property
    def smtp_oauth(self) -> tuple[str, str, str, str, str] | None:
        """Address, client, its secret, refresh token and scope of OAuth 2; None with a password."""
        if not self.smtp_oauth_refresh_token:
            return None
        return (
            self.smtp_oauth_token_url,
            self.smtp_oauth_client_id,
            self.smtp_oauth_client_secret,
            self.smtp_oauth_refresh_token,
            self.smtp_oauth_scope,
        )

    @property
    def provider_configured(self) -> bool:
        """Whether there is a gantry provider to ask; without one nothing is invented."""
        return bool(self.provider_api_url and self.provider_api_key)

    @property
    def vehicle_data_configured(self) -> bool:
        """Whether somebody can be asked what vehicle a plate is."""
        return bool(self.vehicle_data_url and self.vehicle_data_key)

    @property
    def push_configured(self) -> bool:
        """Whether browsers can be sent notices while no page is open."""
        return bool(self.vapid_private_key)

    @property
    def mail_configured(self) -> bool:
        """Whether there is a mail server to hand notices to."""
        return bool(self.smtp_host)


def load_config(env: Mapping[str, str] | None = None) -> Config:
    """Read the configuration.

    Raises:
        ConfigError: with every problem at once, so that an operator mends them in one go.
    """
    reader = Reader(os.environ if env is None else env, SECRETS, FORMER_NAMES)
    environment = reader.choice("ENVIRONMENT", ENVIRONMENTS, "development")
    instance_dir = Path(reader.text("INSTANCE_DIR", str(ROOT / "instance"))).absolute()
    port = reader.integer("PORT", 8000, 1, 65535)
    base_url = reader.url("BASE_URL", f"http://127.0.0.1:{port}")
    database_url = reader.database(f"sqlite:///{instance_dir / 'rastro.sqlite3'}")
    config = Config(
        environment=environment,
        secret_key=reader.text("SECRET_KEY"),
        instance_dir=instance_dir,
        database_url=database_url,
        huey_url=reader.queue(f"sqlite:///{instance_dir / 'huey.sqlite3'}"),
        base_url=base_url,
        port=port,
        log_level=reader.choice("LOG_LEVEL", ("debug", "info", "warning", "error"), "info"),
        smtp_host=reader.host("SMTP_HOST"),
        smtp_port=reader.integer("SMTP_PORT", 587, 1, 65535),
        smtp_user=reader.text("SMTP_USER"),
        smtp_password=reader.text("SMTP_PASSWORD"),
        smtp_from=reader.sender("SMTP_FROM", "rastro@localhost.localdomain"),
        smtp_tls=reader.boolean("SMTP_TLS", default=reader.text("SMTP_PORT", "587") == "587"),
        smtp_oauth_token_url=reader.url("SMTP_OAUTH_TOKEN_URL"),
        smtp_oauth_client_id=reader.text("SMTP_OAUTH_CLIENT_ID"),
        smtp_oauth_client_secret=reader.text("SMTP_OAUTH_CLIENT_SECRET"),
        smtp_oauth_refresh_token=reader.text("SMTP_OAUTH_REFRESH_TOKEN"),
        smtp_oauth_scope=reader.text("SMTP_OAUTH_SCOPE"),
        clamd_url=reader.scanner("CLAMD_URL"),
        audit_syslog_url=reader.log_target("AUDIT_SYSLOG_URL"),
        audit_syslog_ca=reader.text("AUDIT_SYSLOG_CA"),
        imap_host=reader.host("IMAP_HOST"),
        imap_port=reader.integer("IMAP_PORT", 993, 1, 65535),
        imap_user=reader.text("IMAP_USER"),
        imap_password=reader.text("IMAP_PASSWORD"),
        imap_folder=reader.text("IMAP_FOLDER", "INBOX"),
        imap_tls=reader.choice("IMAP_TLS", ("ssl", "starttls", "none"), "ssl"),
        imap_authserv_id=reader.text("IMAP_AUTHSERV_ID"),
        storage_type=reader.choice("STORAGE_TYPE", ("local", "s3"), "local"),
        storage_dir=Path(reader.text("STORAGE_DIR", str(instance_dir / "archivos"))).absolute(),
        max_upload_bytes=reader.integer("MAX_UPLOAD_MB", 100, 1, 200) * 1024 * 1024,
        porticos_provider=reader.choice("PORTICOS_PROVIDER", PROVIDERS, "generico"),
        provider_api_url=reader.url("PROVIDER_API_URL"),
        provider_api_key=reader.text("PROVIDER_API_KEY"),
        provider_path=reader.text("PROVIDER_PATH", "/vehicle/{patente}/tag.json"),
        provider_allow_private=reader.boolean("PROVIDER_ALLOW_PRIVATE", default=False),
        vehicle_data_url=reader.url("VEHICLE_DATA_URL"),
        vehicle_data_key=reader.text("VEHICLE_DATA_KEY"),
        vehicle_data_header=reader.header("VEHICLE_DATA_HEADER", "Authorization"),
        vapid_private_key=reader.vapid_key("VAPID_PRIVATE_KEY"),
        vapid_subject=reader.contact("VAPID_SUBJECT"),
        webhooks_allow_private=reader.boolean("WEBHOOKS_ALLOW_PRIVATE", default=False),
        webhook_hosts=reader.hosts("WEBHOOK_HOSTS"),
        provider_quota=reader.integer("PROVIDER_QUOTA", 5, 1, 10_000),
        provider_quota_seconds=reader.integer("PROVIDER_QUOTA_SECONDS", 10, 1, 3600),
        provider_timeout=reader.integer("PROVIDER_TIMEOUT_SECONDS", 30, 1, 60),
        algorithm=reader.choice("ALGORITHM", ALGORITHMS, "hs256").upper(),
        access_token_minutes=reader.integer("ACCESS_TOKEN_EXPIRE_MINUTES", 30, 1, 24 * 60),
        backend_cors_origins=reader.origins("BACKEND_CORS_ORIGINS"),
        worker_threads=reader.integer("WORKER_THREADS", 4, 1, 64),
        link_days=reader.integer("BUFFET_LINK_DAYS", 180, 1, 3650),
        argon2_memory_kib=reader.integer("ARGON2_MEMORY_KIB", 65536, 32, 1_048_576),
        secure_cookies=reader.boolean("SECURE_COOKIES", default=base_url.startswith("https://")),
        trusted_proxies=reader.integer("TRUSTED_PROXIES", 0, 0, 5),
        metrics_token=reader.secret("METRICS_TOKEN", 16),
        aws_access_key_id=reader.text("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=reader.text("AWS_SECRET_ACCESS_KEY"),
        aws_region=reader.region("AWS_REGION", "us-east-1"),
        s3_bucket_name=reader.bucket("S3_BUCKET_NAME"),
        s3_endpoint_url=reader.url("S3_ENDPOINT_URL"),
        backup_dir=Path(reader.text("BACKUP_DIR", str(instance_dir / "respaldos"))).absolute(),
        backup_passphrase=reader.secret("BACKUP_PASSPHRASE", 12),
        backup_keep_days=reader.integer("BACKUP_KEEP_DAYS", 14, 1, 3650),
        backup_keep_months=reader.integer("BACKUP_KEEP_MONTHS", 6, 0, 120),
        tsa_urls=reader.urls("TSA_URLS"),
        tsa_ca=reader.text("TSA_CA"),
        sentry_dsn=reader.dsn("SENTRY_DSN"),
        log_format=reader.choice("LOG_FORMAT", ("texto", "json"), "texto"),
        map_tile_url=reader.tiles("MAP_TILE_URL"),
        map_file=Path(reader.text("MAP_FILE", str(instance_dir / "mapa"))).absolute(),
        map_attribution=reader.text("MAP_ATTRIBUTION"),
        web_request_seconds=reader.integer("WEB_REQUEST_SECONDS", 30, 1, 600),
        web_reload=reader.boolean("WEB_RELOAD", default=False),
        secret_sources=tuple(reader.sources.items()),
    )
    problems = reader.problems
    problems += _oauth_problems(reader)
    if config.tsa_ca and not Path(config.tsa_ca).is_file():
        problems.append(f"TSA_CA debe ser un archivo que se pueda leer; «{config.tsa_ca}» no está.")
    for one, other in TOGETHER:
        if one == "SMTP_USER" and reader.text("SMTP_OAUTH_REFRESH_TOKEN"):
            continue
        if bool(reader.text(one)) != bool(reader.text(other)):
            problems.append(f"{one} y {other} van juntas: falta una.")
    if config.audit_syslog_ca and not Path(config.audit_syslog_ca).is_file():
        problems.append(
            f"AUDIT_SYSLOG_CA debe ser un archivo que se pueda leer; «{config.audit_syslog_ca}» no "
            "está."
        )
    if config.storage_type == "s3" and not config.bucket_configured:
        problems.append("Con STORAGE_TYPE=s3 falta S3_BUCKET_NAME.")
    if config.map_tile_url and not config.map_attribution:
        problems.append("Con MAP_TILE_URL falta MAP_ATTRIBUTION: de quién es el mapa que se ve.")
    if config.is_production:
        problems = problems + _production_problems(config, reader)
    if problems:
        raise ConfigError(problems)
    return config


def _oauth_problems(reader: Reader) -> list[str]:
    """Name what OAuth for mail lacks, and a password beside it, of which only one can be meant."""
    names = ("TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
    wanted = [f"SMTP_OAUTH_{name}" for name in names]
    if not any(map(reader.text, wanted)):
        return []
    missing = [name for name in ("SMTP_USER", *wanted) if not reader.text(name)]
    problems = [f"Para enviar con OAuth 2 falta {name}." for name in missing]
    if reader.text("SMTP_PASSWORD"):
        problems.append("Con SMTP_OAUTH_… no se usa SMTP_PASSWORD: quite una de las dos.")
    return problems


def _production_problems(config: Config, reader: Reader) -> list[str]:
    """Name what production needs and the environment does not give."""
    problems = []
    if len(config.secret_key) < 32:
        problems.append(f"Falta SECRET_KEY: en producción debe tener {_RANDOM_KEY}")
    elif is_guessable(config.secret_key):
        problems.append(f"SECRET_KEY se puede adivinar: en producción debe tener {_RANDOM_KEY}")
    if not reader.text("BASE_URL"):
        problems.append(
            "Falta BASE_URL: la dirección pública (https://…) que va en los enlaces de los correos."
        )
    elif not config.base_url.startswith("https://"):
        problems.append(
            "BASE_URL debe empezar con https://: sin cifrado, cualquiera en la red ve contraseñas "
            "y enlaces. Caddy pide el certificado por usted (docs/operacion.md)."
        )
    if not config.mail_configured:
        problems.append("Falta SMTP_HOST: sin servidor de correo no se puede avisar al receptor.")
    elif not reader.text("SMTP_FROM"):
        problems.append("Falta SMTP_FROM: la casilla desde la que se envían los avisos.")
    return problems + _open_lines(config)


def _open_lines(config: Config) -> list[str]:
    """Name what would go through other networks unencrypted (ASVS 5.0, 12.3.1).

    A time stamp is signed and asks about a hash, so that TSA_URLS may be http.
    """
    addresses = {
        "PROVIDER_API_URL": config.provider_api_url,
        "VEHICLE_DATA_URL": config.vehicle_data_url,
        "S3_ENDPOINT_URL": config.s3_endpoint_url,
        "SMTP_OAUTH_TOKEN_URL": config.smtp_oauth_token_url,
        "DATABASE_URL": config.database_url,
        "HUEY_URL": config.huey_url,
    }
    problems = [
        f"{name} iría sin cifrar fuera de su red: {hint}."
        for name, url in addresses.items()
        if (hint := missing_encryption(url))
    ]
    mail = {
        "SMTP_TLS=true": (config.smtp_host, config.smtp_tls or config.smtp_port == 465),
        "IMAP_TLS=ssl": (config.imap_host, config.imap_tls != "none"),
    }
    problems += [
        f"El correo iría sin cifrar fuera de su red: ponga {wanted}."
        for wanted, (host, is_encrypted) in mail.items()
        if host and not is_encrypted and not is_own_network(host)
    ]
    return problems


def ensure_development_secret(instance_dir: Path) -> str:
    """The secret of a laptop: made once at random and kept in the instance folder.

    Never used in production, where ``load_config`` asks for SECRET_KEY.
    """
    instance_dir.mkdir(parents=True, exist_ok=True)
    path = instance_dir / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def product_version() -> str:
    """The version of the product, as ``pyproject.toml`` says it."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        version: str = tomllib.load(file)["project"]["version"]
    return version
