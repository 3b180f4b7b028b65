#!/bin/sh
# Runs a command of Rastro with the installation's configuration: rastro doctor, rastro backup list
# Installed as /usr/local/bin/rastro. Encrypted secrets (deploy/rastro-secreto.sh) are opened for the
# command alone, in memory, as systemd does it for the service.
set -eu
kept=${RASTRO_ETC:-/etc/rastro}/secretos
cd /opt/rastro
umask 077
run='exec .venv/bin/python -m dotenv --file /etc/rastro/rastro.env run --no-override -- .venv/bin/flask --app wsgi "$@"'
if [ "$(id -un)" = rastro ]; then
    if [ -d "$kept" ] && [ -z "${CREDENTIALS_DIRECTORY:-}" ]; then
        echo "Los secretos están cifrados y sólo root los abre: sudo rastro $*" >&2
        exit 1
    fi
    exec sh -c "$run" rastro "$@"
fi
if [ ! -d "$kept" ]; then
    exec setpriv --reuid=rastro --regid=rastro --init-groups env HOME=/var/lib/rastro sh -c "$run" rastro "$@"
fi
opened=$(mktemp -d /run/rastro.XXXXXX)
trap 'rm -rf "$opened"' EXIT
trap 'exit 130' HUP INT TERM
for file in "$kept"/*; do
    [ -f "$file" ] || continue
    systemd-creds decrypt --name="${file##*/}" "$file" "$opened/${file##*/}"
done
chown -R rastro: "$opened"
status=0
setpriv --reuid=rastro --regid=rastro --init-groups env HOME=/var/lib/rastro CREDENTIALS_DIRECTORY="$opened" \
    sh -c "$run" rastro "$@" || status=$?
exit "$status"
