#!/bin/sh
# Keeps the secrets of an installation encrypted, each in a credential of systemd (systemd-creds, since
# systemd 250): with the machine's TPM where there is one, else with a key that only root reads. The
# service gets them in memory; no file of the machine says them. Installed as /usr/local/bin/rastro-secreto.
# RASTRO_ETC, RASTRO_UNITS and RASTRO_APP are for trying it elsewhere.
set -eu
etc=${RASTRO_ETC:-/etc/rastro} app=${RASTRO_APP:-/opt/rastro}
units=${RASTRO_UNITS:-/etc/systemd/system}
kept=$etc/secretos env=$etc/rastro.env

usage() {
    cat <<'TEXT'
rastro-secreto mover          cifra los que dice /etc/rastro/rastro.env y los saca de ahí
rastro-secreto nuevo NOMBRE   hace uno al azar (SECRET_KEY, METRICS_TOKEN, BACKUP_PASSPHRASE)
rastro-secreto poner NOMBRE   lo pregunta, o lo lee de otro programa (… | rastro-secreto poner NOMBRE)
rastro-secreto ver NOMBRE     lo muestra; SECRET_KEY y BACKUP_PASSPHRASE se anotan en papel
rastro-secreto lista          los nombra
rastro-secreto quitar NOMBRE  lo destruye
TEXT
}
stop() { echo "$*" >&2; exit 1; }
python() { (cd "$app" && .venv/bin/python "$@"); }

# What the service is started with: every credential that is there.
declare_all() {
    install -d -m 0755 "$units/rastro.service.d"
    {
        echo "# Made by rastro-secreto: do not edit."
        echo "[Service]"
        for file in "$kept"/*; do
            [ ! -f "$file" ] || echo "LoadCredentialEncrypted=${file##*/}:$file"
        done
    } >"$units/rastro.service.d/secretos.conf"
    chmod 0644 "$units/rastro.service.d/secretos.conf"
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
}

# Encrypts what comes in under a name, and takes it only if it opens again.
keep() {
    install -d -m 0700 "$kept"
    new=$(mktemp "$etc/.secreto.XXXXXX")
    value=$(cat)
    [ -n "$value" ] || { rm -f "$new"; stop "No se escribió nada: $1 sigue como estaba."; }
    # Bound to the chip, and not to what its firmware measures, which an update changes.
    printf %s "$value" | systemd-creds encrypt --tpm2-pcrs= --name="$1" - - >"$new"
    if [ "$(systemd-creds decrypt --name="$1" "$new" -)" != "$value" ]; then
        rm -f "$new"
        stop "No se pudo volver a abrir lo cifrado: $1 sigue como estaba."
    fi
    chmod 0600 "$new"
    mv "$new" "$kept/$1"
}

known() {
    python -c 'import sys; from config import SECRETS; sys.exit(sys.argv[1] not in SECRETS)' "$1" ||
        stop "«$1» no es un secreto de Rastro. Los hay: $(python -c 'from config import SECRETS; print(*SECRETS)')"
}

move_all() {
    for name in $(python -c 'from config import SECRETS; print(*SECRETS)'); do
        value=$(python -m dotenv --file "$env" get "$name" 2>/dev/null || true)
        [ -n "$value" ] || continue
        printf %s "$value" | keep "$name"
        declare_all
        # Only now: what fails on the way leaves it said twice, which Rastro tells, and never lost.
        without=$(mktemp "$etc/.env.XXXXXX")
        sed "s|^\(export *\)\{0,1\}$name=.*|# $name está cifrada: sudo rastro-secreto ver $name|" "$env" >"$without"
        chown --reference="$env" "$without"
        chmod --reference="$env" "$without"
        mv "$without" "$env"
        echo "$name queda cifrada."
    done
}

[ "$(id -u)" = 0 ] || stop "Falta sudo: sudo rastro-secreto $*"
command -v systemd-creds >/dev/null || stop "Esta máquina no tiene systemd-creds (systemd 250 o más nuevo): los secretos quedan en $env."
umask 077
what=${1:-} name=${2:-}
case $what in
    mover) move_all ;;
    lista) for file in "$kept"/*; do [ ! -f "$file" ] || echo "${file##*/}"; done ;;
    nuevo | poner | ver | quitar)
        [ -n "$name" ] || stop "Falta el nombre: sudo rastro-secreto $what SECRET_KEY"
        known "$name"
        case $what in
            nuevo)
                [ ! -f "$kept/$name" ] || [ "${3:-}" = --cambiar ] ||
                    stop "$name ya está. Para cambiarla por otra al azar: sudo rastro-secreto nuevo $name --cambiar"
                python -c 'import secrets; print(secrets.token_urlsafe(48))' | keep "$name"
                ;;
            poner)
                if [ -t 0 ]; then
                    printf '%s: ' "$name" >&2
                    trap 'stty echo' EXIT
                    stty -echo
                    read -r value
                    stty echo
                    trap - EXIT
                    echo >&2
                    printf %s "$value" | keep "$name"
                else
                    keep "$name"
                fi
                ;;
            ver)
                [ -f "$kept/$name" ] || stop "$name no está cifrada aquí."
                systemd-creds decrypt --name="$name" "$kept/$name" -
                echo
                ;;
            quitar)
                [ -f "$kept/$name" ] || stop "$name no está cifrada aquí."
                rm -f "$kept/$name"
                ;;
        esac
        [ "$what" = ver ] || { declare_all; echo "Hecho. Para que valga: sudo systemctl restart rastro"; }
        ;;
    *) usage >&2; exit 2 ;;
esac
