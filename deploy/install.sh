#!/bin/sh
# Installs Rastro on Debian 12+ or Ubuntu 22.04+, and may be run again at any time:
#     sudo sh deploy/install.sh --domain rastro.oficina.cl --email ana@oficina.cl --name "Ana Vega"
# The sources are those of the folder that this script is in; they are copied to /opt/rastro. The
# data is in /var/lib/rastro and the configuration in /etc/rastro/rastro.env: neither is touched
# when it exists, but that secrets typed there are encrypted where others are (rastro-secreto.sh).
#   --domain NAME    public name of the machine; its DNS must point here (ports 80 and 443 open)
#   --email, --name  the first admin, who gets a link to choose a password
#   --no-proxy       no Caddy: somebody else attends HTTPS
set -eu

domain='' email='' name='' proxy=yes
while [ $# -gt 0 ]; do
    case $1 in
        --domain) domain=${2:?}; shift 2 ;;
        --email) email=${2:?}; shift 2 ;;
        --name) name=${2:?}; shift 2 ;;
        --no-proxy) proxy=no; shift ;;
        *) echo "No conozco la opción $1. Vea el comienzo de $0." >&2; exit 2 ;;
    esac
done
source=$(cd "$(dirname "$0")/.." && pwd)
app=/opt/rastro data=/var/lib/rastro env=/etc/rastro/rastro.env

port() { sed -n 's/^PORT=//p' "$env" | grep . || echo 8000; }
say() { printf '\n==> %s\n' "$*"; }
has_systemd() { [ -d /run/systemd/system ]; }

if [ "$(id -u)" != 0 ]; then
    echo "Este instalador necesita permisos de administrador: sudo sh $0 ..." >&2
    exit 1
fi
if [ ! -f "$env" ] && [ -z "$domain" ]; then
    echo "Falta --domain: el nombre público de esta máquina, por ejemplo rastro.oficina.cl" >&2
    exit 2
fi
case $domain in
    *[!A-Za-z0-9.-]*) echo "--domain es sólo el nombre, sin https:// ni caminos: $domain" >&2; exit 2 ;;
esac

say "Paquetes del sistema"
export DEBIAN_FRONTEND=noninteractive
packages='python3 python3-venv ca-certificates git make rsync curl'
[ "$proxy" = no ] || packages="$packages caddy"
missing=''
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    apt-get update -qq
    # shellcheck disable=SC2086 # several packages
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Rastro necesita Python 3.11 o más nuevo; esta máquina tiene $(python3 --version)." >&2
    exit 1
}

say "Usuario y carpetas"
id rastro >/dev/null 2>&1 || useradd --system --home-dir "$data" --shell /usr/sbin/nologin rastro
install -d -m 0755 "$app" /etc/rastro
install -d -m 0700 -o rastro -g rastro "$data"

say "Programa en $app"
if [ "$source" != "$app" ]; then
    rsync -a --delete --exclude .venv --exclude instance --exclude .env --exclude '__pycache__' \
        --exclude '.*_cache' "$source/" "$app/"
fi
# Everybody may read the program; only root may change it.
chown -R root:root "$app"
chmod -R u=rwX,go=rX "$app"
if [ ! -x "$app/.venv/bin/python" ]; then
    (cd "$app" && sh tools/venv.sh .venv)
fi
"$app/.venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --no-deps \
    --require-hashes -r "$app/requirements.lock"
chmod -R go=rX "$app/.venv"

new=no
if [ ! -f "$env" ]; then
    new=yes
    say "Configuración nueva en $env"
    secret=$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')
    phrase=$(python3 -c 'import secrets; print("-".join(secrets.token_hex(3) for _ in range(5)))')
    umask 077
    cat >"$env" <<CONFIG
# Configuración de Rastro. Cada variable se explica en $app/.env.example
# Después de cambiar algo: systemctl restart rastro
ENVIRONMENT=production
SECRET_KEY=$secret
BASE_URL=https://$domain
TRUSTED_PROXIES=1
INSTANCE_DIR=$data
# Cifra los respaldos. CÓPIELA EN PAPEL: sin ella no se pueden abrir.
BACKUP_PASSPHRASE=$phrase
# El correo con que se avisa a los receptores. Complételo:
SMTP_HOST=
SMTP_PORT=587
SMTP_USER=
SMTP_PASSWORD=
SMTP_FROM=
# El proveedor de pórticos:
PORTICOS_PROVIDER=boostr
PROVIDER_API_URL=
PROVIDER_API_KEY=
CONFIG
    umask 022
fi
chown root:rastro "$env"
chmod 0640 "$env"

say "Comando rastro"
install -m 0755 "$app/deploy/rastro.sh" /usr/local/bin/rastro
install -m 0755 "$app/deploy/rastro-secreto.sh" /usr/local/bin/rastro-secreto

# A new installation, and one that has some already: an older one says them where it always did.
if [ "$new" = yes ] || [ -d /etc/rastro/secretos ]; then
    if has_systemd && command -v systemd-creds >/dev/null; then
        say "Secretos, cifrados por systemd"
        rastro-secreto mover || echo "Los que falten quedan en $env" >&2
    fi
fi

say "Servicios"
install -m 0644 "$app/deploy/rastro.service" /etc/systemd/system/rastro.service
install -D -m 0644 "$app/deploy/journald-rastro.conf" /etc/systemd/journald.conf.d/rastro.conf
if [ "$proxy" = yes ] && [ -n "$domain" ]; then
    if [ -f /etc/caddy/Caddyfile ] && ! grep -q 'Rastro' /etc/caddy/Caddyfile; then
        cp -p /etc/caddy/Caddyfile /etc/caddy/Caddyfile.antes-de-rastro
    fi
    sed -e "s/^RASTRO_DOMAIN/$domain/" -e "s/127.0.0.1:8000/127.0.0.1:$(port)/" \
        "$app/deploy/Caddyfile" >/etc/caddy/Caddyfile
fi

mail=$(sed -n 's/^SMTP_HOST=//p' "$env")
if [ -z "$mail" ]; then
    say "Falta el correo"
    echo "Complete SMTP_HOST, SMTP_USER, SMTP_PASSWORD y SMTP_FROM en $env"
    echo "y ejecute otra vez este mismo comando: sigue donde quedó."
    exit 0
fi

say "Base de datos"
rastro prepare >/dev/null
if has_systemd; then
    systemctl daemon-reload
    systemctl enable -q rastro
    systemctl restart rastro
    systemctl restart systemd-journald
    if [ "$proxy" = yes ]; then
        systemctl enable -q caddy
        systemctl reload-or-restart caddy
    fi
    sh "$app/deploy/wait-healthy.sh" "http://127.0.0.1:$(port)/health"
else
    echo "Esta máquina no partió con systemd: el servicio queda instalado y no se inicia."
fi

if [ -n "$email" ]; then
    say "Primer administrador"
    rastro init "$email" "${name:-$email}" || true
fi
say "Listo"
echo "Revise todo con: rastro config check --mail-to ${email:-su@correo.cl}"
if [ -f /etc/rastro/secretos/BACKUP_PASSPHRASE ]; then
    echo "Anote en papel la frase de los respaldos: rastro-secreto ver BACKUP_PASSPHRASE"
else
    echo "Anote en papel la frase de los respaldos: grep BACKUP_PASSPHRASE $env"
fi
