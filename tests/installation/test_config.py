from __future__ import annotations

import re

import pytest
from dotenv import dotenv_values

from config import (
    FORMER_NAMES,
    ROOT,
    SECRETS,
    TOGETHER,
    ConfigError,
    ensure_development_secret,
    load_config,
    product_version,
)

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "G7h2-VkQ9_tXw4LmZ0sBd8RfYp3NcJ6aEuHi1KoT5xWv",
    "BASE_URL": "https://rastro.example",
    "SMTP_HOST": "mail.rastro.example",
    "SMTP_FROM": "rastro@rastro.example",
}


def problems(env: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as refused:
        load_config(env)
    return str(refused.value)


def test_a_laptop_needs_no_variable_at_all(tmp_path):
    config = load_config({"INSTANCE_DIR": str(tmp_path)})

    assert config.database_url == f"sqlite:///{tmp_path}/rastro.sqlite3"
    assert config.port == 8000
    assert not config.provider_configured
    assert not config.mail_configured
    assert not config.secure_cookies


def test_production_starts_with_what_it_needs():
    config = load_config(PRODUCTION)

    assert config.is_production
    assert config.secure_cookies


@pytest.mark.parametrize("missing", ["SECRET_KEY", "BASE_URL", "SMTP_HOST", "SMTP_FROM"])
def test_production_names_what_is_missing(missing):
    assert missing in problems({key: value for key, value in PRODUCTION.items() if key != missing})


@pytest.mark.parametrize(
    ("name", "value", "is_taken"),
    [
        ("DATABASE_URL", "postgresql://r:k@db.otra.example/rastro", False),
        ("DATABASE_URL", "postgresql://r:k@db.otra.example/rastro?sslmode=prefer", False),
        ("DATABASE_URL", "postgresql://r:k@db.otra.example/rastro?sslmode=require", True),
        ("DATABASE_URL", "postgresql://r:k@postgres/rastro", True),
        ("DATABASE_URL", "postgresql://r:k@10.0.0.5/rastro", True),
        ("DATABASE_URL", "postgresql:///rastro?host=/run/postgresql", True),
        ("DATABASE_URL", "postgresql://r:k@postgres.railway.internal/rastro", True),
        ("HUEY_URL", "redis://cola.otra.example:6379/1", False),
        ("HUEY_URL", "rediss://cola.otra.example:6379/1", True),
        ("HUEY_URL", "redis://[::1]:6379/1", True),
        ("S3_ENDPOINT_URL", "http://8.8.8.8:8333", False),
        ("S3_ENDPOINT_URL", "http://almacen:8333", True),
        ("SMTP_TLS", "false", False),
        ("TSA_URLS", "http://sellos.otra.example", True),
    ],
)
def test_production_sends_nothing_unencrypted_through_other_networks(name, value, is_taken):
    env = PRODUCTION | {name: value}

    if is_taken:
        load_config(env)
    else:
        told = problems(env)
        assert "sin cifrar" in told
        assert "r:k" not in told


def test_production_names_everything_at_once_and_refuses_a_short_secret():
    text = problems({"ENVIRONMENT": "production", "SECRET_KEY": "short"})

    assert all(name in text for name in ("SECRET_KEY", "BASE_URL", "SMTP_HOST"))
    assert "short" not in text


@pytest.mark.parametrize(
    "weak",
    [
        "x" * 48,
        "changeme" * 5,
        "0123456789abcdef" * 2,
        "abcdefghijklmnopqrstuvwxyz012345",
        "12345678901234567890123456789012",
        "mi-clave-de-la-firma-Pérez-2026-número-1",
        "qwertyuiop" * 4,
    ],
)
def test_production_refuses_a_key_that_can_be_guessed_and_does_not_repeat_it(weak):
    text = problems({**PRODUCTION, "SECRET_KEY": weak})

    assert "SECRET_KEY se puede adivinar" in text
    assert weak not in text


@pytest.mark.parametrize(
    "key",
    [
        "7f3a9c1e5b8d2046af13c9e07b64d285",
        "rX0k2pV-9QwLz7cTn4mYb1sHd6fJg8aE",
        "Zk9!vW3#qT7@xR2$mN5%bL8^cJ1&hG4*",
    ],
)
def test_production_takes_keys_of_128_random_bits(key):
    assert load_config({**PRODUCTION, "SECRET_KEY": key}).secret_key == key


@pytest.mark.parametrize("address", ["http://rastro.example", "http://192.0.2.7:8000"])
def test_production_refuses_an_address_without_encryption(address):
    assert "BASE_URL debe empezar con https://" in problems({**PRODUCTION, "BASE_URL": address})
    assert load_config({"BASE_URL": address}).base_url == address


#: What a secret of OAuth is nothing without.
OAUTH = {
    "SMTP_USER": "rastro@rastro.example",
    "SMTP_OAUTH_TOKEN_URL": "https://permisos.example/token",
    "SMTP_OAUTH_CLIENT_ID": "rastro",
    "SMTP_OAUTH_CLIENT_SECRET": "el secreto del programa",
    "SMTP_OAUTH_REFRESH_TOKEN": "el permiso que se renueva",
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_lie_in_a_file(tmp_path, name):
    file = tmp_path / "secreto"
    values = {
        "DATABASE_URL": "postgresql://a@b/c",
        "HUEY_URL": "redis://localhost/1",
        "REDIS_URL": "redis://localhost/2",
        "SENTRY_DSN": "https://clave@sentry.example/7",
        "VAPID_PRIVATE_KEY": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    }
    value = values.get(name, "un secreto de más de treinta y dos letras")
    file.write_text(value + "\n")
    env = {"INSTANCE_DIR": str(tmp_path)}
    for one, other in TOGETHER:
        env |= (
            {one: "https://a.example", other: "https://a.example"} if name in (one, other) else {}
        )
    if name.startswith("SMTP_OAUTH_"):
        env |= OAUTH
    env.pop(name, None)

    by_file = load_config({**env, f"{name}_FILE": str(file)})

    assert by_file == load_config({**env, name: value})
    assert by_file != load_config({"INSTANCE_DIR": str(tmp_path)})
    text = problems({**env, name: value, f"{name}_FILE": str(file)})
    assert f"{name} y {name}_FILE están las dos: deje una." in text
    assert value not in text
    assert "no se puede leer" in problems({**env, f"{name}_FILE": str(tmp_path / "nada")})
    file.write_text("\n")
    assert "vacío" in problems({**env, f"{name}_FILE": str(file)})

    (tmp_path / name).write_text(value + "\n")
    handed = {**env, "CREDENTIALS_DIRECTORY": str(tmp_path)}
    by_credential = load_config(handed)
    assert by_credential == by_file
    assert (name, "credencial") in by_credential.secret_sources
    assert (name, "archivo") in by_file.secret_sources
    told = problems({**handed, name: value})
    assert f"{name} y la credencial {name} están las dos: deje una." in told
    assert value not in told


def test_a_credential_that_is_empty_is_none_and_a_folder_that_is_not_there_is_told(tmp_path):
    home = {"INSTANCE_DIR": str(tmp_path)}
    (tmp_path / "SMTP_PASSWORD").write_text("\n")

    config = load_config({**home, "CREDENTIALS_DIRECTORY": str(tmp_path), "SMTP_PASSWORD": ""})

    assert config.smtp_password == ""
    assert config.secret_sources == ()
    missing = problems({**home, "CREDENTIALS_DIRECTORY": str(tmp_path / "nada")})
    assert "CREDENTIALS_DIRECTORY nombra una carpeta que no se puede leer" in missing


def test_the_provider_is_read_under_its_former_names_too(tmp_path):
    former = {"BOOSTR_API_URL": "https://api.example", "BOOSTR_API_KEY": "una clave"}
    named = {FORMER_NAMES[name]: value for name, value in former.items()}
    home = {"INSTANCE_DIR": str(tmp_path)}
    file = tmp_path / "clave"
    file.write_text("una clave\n")
    by_file = {"BOOSTR_API_URL": "https://api.example", "BOOSTR_API_KEY_FILE": str(file)}

    config = load_config({**home, **former, "BOOSTR_PORTICOS_PATH": "/p/{patente}"})

    assert config.provider_configured
    assert config.provider_path == "/p/{patente}"
    assert load_config({**home, **former}) == load_config({**home, **named})
    assert load_config({**home, **former, **named}) == load_config({**home, **by_file})
    other = problems({**former, **named, "PROVIDER_API_KEY": "otra"})
    assert "BOOSTR_API_KEY es el nombre anterior de PROVIDER_API_KEY" in other


#: Of each variable that an office sets, values that are refused with a sentence that names it.
WRONG = {
    "ENVIRONMENT": ["casa", "prod"],
    "ALGORITHM": ["none", "RS256"],
    "ACCESS_TOKEN_EXPIRE_MINUTES": ["0", "media hora", "100000"],
    "DATABASE_URL": ["mysql://servidor/rastro", "rastro.sqlite3"],
    "REDIS_URL": ["http://servidor", "servidor:6379"],
    "HUEY_URL": ["huey.db", "mysql://localhost/cola"],
    "BACKEND_CORS_ORIGINS": [
        "no es json",
        "[1]",
        '"https://a.example"',
        '["a.example"]',
        '["https://a.example/camino"]',
        '["*"]',
    ],
    "SMTP_HOST": ["https://mail.example", "mail.example:587", "dos palabras"],
    "SMTP_PORT": ["0", "70000", "smtp"],
    "SMTP_TLS": ["quizás"],
    "SMTP_USER": ["sola"],
    "SMTP_PASSWORD": ["sola"],
    "SMTP_FROM": ["Oficina", "avisos@", "avisos@oficina"],
    "STORAGE_TYPE": ["ftp"],
    "AWS_ACCESS_KEY_ID": ["sola"],
    "AWS_SECRET_ACCESS_KEY": ["sola"],
    "AWS_REGION": ["Estados Unidos"],
    "S3_BUCKET_NAME": ["Fotos", "s3://fotos", "ab"],
    "S3_ENDPOINT_URL": ["s3.example", "ftp://s3.example"],
    "PROVIDER_API_URL": ["ftp://proveedor", "proveedor.example"],
    "PROVIDER_API_KEY": ["sola"],
    "VEHICLE_DATA_URL": ["ftp://proveedor", "proveedor.example"],
    "VEHICLE_DATA_KEY": ["sola"],
    "VEHICLE_DATA_HEADER": ["X API", "X-K:"],
    "AUDIT_SYSLOG_URL": ["syslog://registros.cl:514", "syslog+tls://a:b@registros.cl", "registros"],
    "AUDIT_SYSLOG_CA": ["/no/esta.pem"],
    "VAPID_PRIVATE_KEY": ["sola", "_" * 43, "A" * 43, "ñ" * 43],
    "VAPID_SUBJECT": ["avisos@oficina.cl", "http://oficina.cl", "mailto:a@oficina.cl"],
    "SENTRY_DSN": ["sentry", "https://sentry.example/1", "https://clave@sentry.example/proyecto"],
    "LOG_LEVEL": ["fuerte"],
    "LOG_FORMAT": ["xml"],
    "PORT": ["ocho mil", "70000"],
    "BASE_URL": ["rastro.oficina.cl"],
    "TRUSTED_PROXIES": ["caddy"],
    "METRICS_TOKEN": ["corto"],
    "BACKUP_PASSPHRASE": ["corta"],
    "BACKUP_KEEP_DAYS": ["0", "siempre"],
    "PORTICOS_PROVIDER": ["otro"],
    "PROVIDER_QUOTA": ["0"],
    "PROVIDER_TIMEOUT_SECONDS": ["600"],
    "MAX_UPLOAD_MB": ["20 MB"],
    "WORKER_THREADS": ["0"],
}
#: The variables that the original design names.
DESIGNED = [
    "ENVIRONMENT",
    "SECRET_KEY",
    "ALGORITHM",
    "ACCESS_TOKEN_EXPIRE_MINUTES",
    "DATABASE_URL",
    "REDIS_URL",
    "BACKEND_CORS_ORIGINS",
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_USER",
    "SMTP_PASSWORD",
    "SMTP_FROM",
    "STORAGE_TYPE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "S3_BUCKET_NAME",
    "PROVIDER_API_URL",
    "PROVIDER_API_KEY",
    "SENTRY_DSN",
    "LOG_LEVEL",
]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_value_is_refused_by_its_name(name, value):
    sentence = next(line for line in problems({name: value}).splitlines() if name in line)

    assert sentence.endswith((".", "».", '"].'))
    assert len(sentence) > 25
    if name.endswith(("_KEY", "_PASSWORD", "_PASSPHRASE", "_TOKEN", "_DSN")):
        assert value not in sentence.replace(name, "")


def test_every_variable_of_the_design_has_wrong_values_that_are_tried():
    # SECRET_KEY is needed and judged in production only: the tests above.
    assert set(DESIGNED) - {"SECRET_KEY"} <= set(WRONG)


def variables_read() -> set[str]:
    """The names that the configuration and the supervisor ask the environment for."""
    text = "".join((ROOT / name).read_text() for name in ("config.py", "config_reader.py"))
    asked = re.findall(r'reader\.\w+\(\s*"([A-Z0-9_]+)"|text\("([A-Z0-9_]+)"', text)
    supervisor = (ROOT / "app/supervisor.py").read_text()
    return {one or other for one, other in asked} | set(
        re.findall(r'env\.get\("((?:HOST|INSTANCE_DIR|WEB_\w+))"', supervisor)
    )


@pytest.mark.parametrize("document", [".env.example", "README.md"])
def test_every_variable_is_documented(document):
    text = (ROOT / document).read_text()
    read = variables_read() - {"WEB_RELOAD", "ARGON2_MEMORY_KIB"}  # of development and tests
    assert set(DESIGNED) <= read

    assert [name for name in sorted(read) if not re.search(rf"\b{name}\b", text)] == []


def test_the_example_is_a_configuration_that_starts():
    values = dotenv_values(ROOT / ".env.example")

    config = load_config({name: value or "" for name, value in values.items()})
    assert config.environment == "development"
    assert config == load_config({})


@pytest.mark.parametrize(
    ("text", "value"), [("sí", True), ("TRUE", True), ("0", False), ("off", False)]
)
def test_a_switch_is_read_in_the_ways_people_write_it(text, value):
    assert load_config({"SMTP_TLS": text}).smtp_tls is value


def test_hosting_services_spell_postgresql_in_their_own_way():
    for prefix in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        config = load_config({"DATABASE_URL": f"{prefix}u@h/d"})
        assert config.database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("", ""),
        ("/teselas/{z}/{x}/{y}.png", ""),
        ("https://mapas.example:8443/{z}/{x}/{y}.png?clave=1", "https://mapas.example:8443"),
    ],
)
def test_the_maps_pictures_come_from_one_host(url, origin):
    config = load_config({"MAP_TILE_URL": url, "MAP_ATTRIBUTION": "© Prueba"})

    assert (config.map_tile_url, config.map_tile_origin) == (url, origin)


def test_the_queue_may_live_where_the_database_does():
    url = "postgresql+psycopg://u@h/d"

    assert load_config({"HUEY_URL": url}).huey_url == "postgresql://u@h/d"
    assert load_config({"HUEY_URL": "redis://h/1"}).huey_url == "redis://h/1"


def test_origins_are_a_list():
    config = load_config({"BACKEND_CORS_ORIGINS": '["https://a.example"]'})

    assert config.backend_cors_origins == ("https://a.example",)


def test_a_laptops_secret_is_made_once_and_for_its_owner_only(tmp_path):
    secret = ensure_development_secret(tmp_path / "instance")

    assert ensure_development_secret(tmp_path / "instance") == secret
    assert len(secret) > 40
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o077 == 0


def test_the_version_is_a_number():
    assert product_version().count(".") == 2


def test_a_redis_alone_moves_the_queue_and_huey_url_wins():
    redis = "redis://cola.example:6379/3"

    assert load_config({"REDIS_URL": redis}).huey_url == redis
    assert load_config({"REDIS_URL": redis, "HUEY_URL": "postgres://q"}).huey_url == "postgres://q"
