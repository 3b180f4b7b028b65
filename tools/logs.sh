#!/bin/sh
# Follow what Rastro writes, wherever it runs; with an argument only that part's lines.
set -eu
only() {
    if [ -n "${part:-}" ]; then grep --line-buffered -E "\[$part\]|^$part"; else cat; fi
}
part=${1:-}
if [ -d /run/systemd/system ] && systemctl cat rastro >/dev/null 2>&1; then
    journalctl --unit rastro --lines 200 --follow --output cat | only
elif command -v docker >/dev/null && docker compose ps --quiet 2>/dev/null | grep -q .; then
    docker compose logs --tail 200 --follow | only
else
    echo "Rastro no está instalado como servicio: lo que escribe está en la ventana de «make run»."
fi
