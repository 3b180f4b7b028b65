#!/bin/sh
# Run once by the image of PostgreSQL, for a new volume: an account of Rastro's own that owns its database
# and is nothing else (ASVS 5.0, 13.2.2). The image's own account could read and write files of its machine.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 --set clave="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE rastro LOGIN PASSWORD :'clave' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE rastro OWNER rastro;
REVOKE ALL ON DATABASE rastro FROM PUBLIC;
SQL
