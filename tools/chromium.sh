#!/bin/sh
# Make sure that there is a Chromium for the end-to-end tests; tests/plugins/browser.py finds the
# same ones. CHROMIUM names another. Best is Debian's headless shell: the same browser without a
# window's parts takes a third less of the processor. Where it can't be had, any Chromium does.
set -eu

works() {
    command -v "$1" >/dev/null 2>&1 && "$1" --version >/dev/null 2>&1
}

any_works() {
    for candidate in "$@"; do
        if [ -n "$candidate" ] && works "$candidate"; then
            return 0
        fi
    done
    return 1
}

# libatomic1 is for the Node.js inside Playwright. With a font, or pages would be measured and photographed without letters.
install() {
    sh "$(dirname "$0")/apt.sh" "$1" fonts-liberation libatomic1
}

if any_works "${CHROMIUM:-}" chromium-headless-shell; then
    exit 0
fi
if install chromium-headless-shell 2>/dev/null && works chromium-headless-shell; then
    exit 0
fi
if any_works chromium google-chrome chromium-browser; then
    exit 0
fi
install chromium
works chromium
