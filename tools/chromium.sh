#!/bin/sh
# Make sure that there is a Chromium for the end-to-end tests; tests/plugins/browser.py finds the
# same ones. CHROMIUM names another.
set -eu

works() {
    command -v "$1" >/dev/null 2>&1 && "$1" --version >/dev/null 2>&1
}

for candidate in "${CHROMIUM:-}" chromium google-chrome chromium-browser; do
    if [ -n "$candidate" ] && works "$candidate"; then
        exit 0
    fi
done

# libatomic1 is for the Node.js inside Playwright. With a font, or pages would be measured and photographed without letters.
sh "$(dirname "$0")/apt.sh" chromium fonts-liberation libatomic1
works chromium
