#!/bin/sh
# Install the Debian or Ubuntu packages named, if that needs no password; else say the command.
set -eu

if [ "$(id -u)" = 0 ]; then
    sudo=
elif sudo -n true 2>/dev/null; then
    sudo=sudo
else
    echo "Falta un paquete del sistema. Instálelo con este comando y vuelva a intentarlo:" >&2
    echo "    sudo apt-get install $*" >&2
    exit 1
fi

echo "Instalando del sistema: $*"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # empty for root
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null
