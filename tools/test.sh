#!/usr/bin/env bash
# Every test on both databases: first the fast ones, then those that drive a browser or processes.
# All four runs are made even if one fails. The first alone is measured: it meets nearly every line,
# and measuring costs a third of its time.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

# Three for two processors: for a quarter of its time a test waits, for an answer or for a limit.
workers=$((($(nproc) * 3 + 1) / 2))
rm -f .coverage .coverage.*
failed=()

# In memory where there is room: a disk that stalls says nothing about the code, and the tests measure
# how long a transaction keeps others waiting.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
memory=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null)
if [ "${room:-0}" -gt 4000000 ] && [ "${memory:-0}" -gt 8000000 ]; then
    TMPDIR=$(mktemp -d /dev/shm/rastro-tests.XXXXXX)
    chmod 755 "$TMPDIR" # a test that gives up its rights still finds its files
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi

run() {
    local name=$1
    shift
    printf '\n>>> %s\n' "$name"
    .venv/bin/python -m pytest --durations=5 --durations-min=1 "$@" || failed+=("$name")
}

for database in sqlite postgresql; do
    # What uses no database was tried in the first run.
    options=(--cov --cov-report= --cov-fail-under=0) # judged at the end
    [ "$database" = sqlite ] || options=(--only-database-tests)
    run "$database" --database "$database" "${options[@]}" -m "not e2e" -n "$workers"
    # The walk through the product, the installation and the drills run on both databases. A hand's
    # gestures in the browser say nothing about the database: the first run has had them.
    if [ "$database" = sqlite ]; then
        mapfile -t served < <(grep -rlE "mark\.e2e" tests --include="test_*.py")
    else
        served=(tests/e2e tests/drills tests/api)
    fi
    run "$database, end to end" --database "$database" -m e2e "${served[@]}" \
        -n auto --maxprocesses 2
done

printf '\n>>> coverage of app, by branch\n'
.venv/bin/coverage report || failed+=("coverage")

minutes=$((SECONDS / 60)) seconds=$((SECONDS % 60))
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFailed after %d min %d s: %s\n' "$minutes" "$seconds" "$(IFS=';'; echo "${failed[*]}")"
    exit 1
fi
printf '\nEverything passed in %d min %d s.\n' "$minutes" "$seconds"
