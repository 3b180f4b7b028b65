#!/bin/sh
# Create the virtual environment in $1, with the first Python that is new enough.
# What is missing is installed where that needs no password; else it is named.
set -eu
venv=$1

python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Rastro necesita Python 3.11 o más nuevo. Instálalo con:  sudo apt-get install python3 python3-venv" >&2
    exit 1
fi

# Debian and Ubuntu keep this part of Python in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    sh "$(dirname "$0")/apt.sh" "$package"
fi

rm -rf "$venv"
"$python" -m venv "$venv"
