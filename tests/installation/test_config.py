from __future__ import annotations

import pytest

from config import ConfigError, ensure_development_secret, load_config, product_version

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x" * 40,
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


def test_production_names_everything_at_once_and_refuses_a_short_secret():
    text = problems({"ENVIRONMENT": "production", "SECRET_KEY": "short"})

    assert all(name in text for name in ("SECRET_KEY", "BASE_URL", "SMTP_HOST"))
    assert "short" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "casa"),
        ("PORT", "ocho mil"),
        ("PORT", "70000"),
        ("SMTP_TLS", "quizás"),
        ("BOOSTR_API_URL", "ftp://proveedor"),
        ("BACKEND_CORS_ORIGINS", "no es json"),
        ("BACKEND_CORS_ORIGINS", "[1]"),
        ("ALGORITHM", "none"),
        ("DATABASE_URL", "mysql://servidor/rastro"),
        ("REDIS_URL", "http://servidor"),
        ("AWS_SECRET_ACCESS_KEY", "sola"),
        ("BACKUP_PASSPHRASE", "corta"),
        ("SENTRY_DSN", "sentry"),
        ("LOG_FORMAT", "xml"),
        ("MAP_TILE_URL", "https://mapas.example/una.png"),
        ("MAP_TILE_URL", "https://{s}.mapas.example/{z}/{x}/{y}.png"),
        ("MAP_TILE_URL", "https://mapas.example; script-src */{z}/{x}/{y}.png"),
        ("MAP_TILE_URL", "//mapas.example/{z}/{x}/{y}.png"),
        ("MAP_ATTRIBUTION", ""),
        ("PORTICOS_PROVIDER", "otro"),
        ("LOG_LEVEL", "fuerte"),
        ("HUEY_URL", "huey.db"),
        ("HUEY_URL", "mysql://localhost/cola"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name, value):
    given = {name: value}
    if name == "MAP_ATTRIBUTION":
        given["MAP_TILE_URL"] = "https://mapas.example/{z}/{x}/{y}.png"

    assert name in problems(given)


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
