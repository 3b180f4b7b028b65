#!/bin/sh
# Brings an installation of deploy/install.sh to another version, and back when it is not healthy:
#     sudo make update                    the newest version of the folder it was cloned from
#     sudo make update FROM=/root/rastro  the sources of another folder
# Backs up, replaces the program, migrates, restarts and looks at /health. When that fails, the
# former program and the backup come back.
set -eu
app=/opt/rastro env=/etc/rastro/rastro.env
source=${1:-$(cd "$(dirname "$0")/.." && pwd)}
[ "$(id -u)" = 0 ] || { echo "Falta sudo: sudo make update" >&2; exit 1; }
[ -f "$env" ] || { echo "Rastro no está instalado aquí: use deploy/install.sh" >&2; exit 1; }
[ "$source" != "$app" ] || { echo "Ejecútelo en la carpeta de la versión nueva, no en $app." >&2; exit 1; }
port=$(sed -n 's/^PORT=//p' "$env" | grep . || echo 8000)
old=/opt/rastro.anterior

if [ ! -d /run/systemd/system ] && [ ! -x "${RASTRO_SERVICE:-}" ]; then
    echo "Esta máquina no partió con systemd: RASTRO_SERVICE debe ser el programa que inicia (start)" >&2
    echo "y detiene (stop) Rastro." >&2
    exit 1
fi
service() { if [ -d /run/systemd/system ]; then systemctl "$1" rastro; else "$RASTRO_SERVICE" "$1"; fi; }

if [ -d "$source/.git" ] && [ -z "${NO_PULL:-}" ]; then
    git -C "$source" pull --ff-only -q
fi

echo "==> Respaldo"
rastro maintenance on --text "Se está actualizando Rastro; vuelve en unos minutos."
# Until the program is touched, whatever fails leaves the version that was running.
trap 'service start || true; rastro maintenance off >/dev/null 2>&1 || true' EXIT
service stop
rastro backup create
backup=$(rastro backup list | awk 'NR == 1 {print $1}')

echo "==> Programa"
rm -rf "$old"
cp -a "$app" "$old"
trap 'rastro maintenance off >/dev/null 2>&1 || true' EXIT
back() {
    echo "==> No resultó: vuelve la versión anterior" >&2
    service stop || true
    rm -rf "$app"
    mv "$old" "$app"
    rastro backup restore "$backup" --database-only --overwrite --yes-overwrite
    service start
    rastro maintenance off
    sh "$app/deploy/wait-healthy.sh" "http://127.0.0.1:$port/health" || true
    echo "Rastro sigue en la versión anterior. Lo que falló está más arriba." >&2
    exit 1
}
rsync -a --delete --exclude .venv --exclude instance --exclude .env --exclude __pycache__ \
    --exclude '.*_cache' "$source/" "$app/" || back
chown -R root:root "$app" || back
chmod -R u=rwX,go=rX "$app" || back
"$app/.venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --no-deps \
    --require-hashes -r "$app/requirements.lock" || back

install -m 0755 "$app/deploy/rastro.sh" /usr/local/bin/rastro || back
install -m 0755 "$app/deploy/rastro-secreto.sh" /usr/local/bin/rastro-secreto || back

echo "==> Esquema"
rastro prepare >/dev/null || back
if [ -d /run/systemd/system ]; then
    install -m 0644 "$app/deploy/rastro.service" /etc/systemd/system/rastro.service
    systemctl daemon-reload
fi

echo "==> Inicio"
service start || back
sh "$app/deploy/wait-healthy.sh" "http://127.0.0.1:$port/health" 120 || back
rastro maintenance off
trap - EXIT
rm -rf "$old"
echo "Actualizado. El respaldo de antes es $backup"
