#!/usr/bin/env bash
# Every statement of the tests on both databases (EVERYTHING=1: every test), in two lanes side by side:
# the fast tests, and those that drive a browser or processes, which wait for most of their time. All
# four runs are made even if one fails.
# With MEASURE=1 the first is measured: it meets nearly every line. That costs a third of its time,
# with which all of it would take longer than the 25 minutes that a change may wait for.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

workers=$(nproc)
# Beside those: a browser has processes of its own. 0: in the process that was started.
served_workers=$((workers > 2 ? 2 : 0))
rm -f .coverage .coverage.*
# What was compiled is kept, also where the image of a container says otherwise: the application, for
# each process that a test starts, and the rewritten tests, for each worker of the four runs.
unset PYTHONDONTWRITEBYTECODE

# In memory where there is room: a disk that stalls says nothing about the code, and the tests measure
# how long a transaction keeps others waiting.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
memory=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null)
if [ "${room:-0}" -gt 4000000 ] && [ "${memory:-0}" -gt 8000000 ]; then
    room_for_tests=$(mktemp -d /dev/shm/rastro-tests.XXXXXX)
    chmod 755 "$room_for_tests" # a test that gives up its rights still finds its files
    export TMPDIR=$room_for_tests
fi

failures=$(mktemp) # the names of the runs that failed
told=$(mktemp)     # what the second lane says, for after the first
noted=$(mktemp -d) # what each test of the first run sent to its database
clean() {
    # Interrupted, the second lane ends too, as by Ctrl+C; after its end there is nobody to tell.
    if [ -n "${served_lane:-}" ] && kill -INT -- "-$served_lane" 2>/dev/null; then
        wait "$served_lane"
    fi
    rm -rf "$failures" "$told" "$noted" ${room_for_tests:+"$room_for_tests"}
}
trap clean EXIT
trap 'exit 130' INT TERM

run() {
    local name=$1 began=$SECONDS
    shift
    printf '\n>>> %s\n' "$name"
    .venv/bin/python -m pytest --durations=5 --durations-min=1 "$@" || echo "$name" >>"$failures"
    printf '>>> %s took %d s\n' "$name" $((SECONDS - began))
}

run_fast() {
    local measured=()
    [ -z "${MEASURE:-}" ] || measured=(--cov --cov-report= --cov-fail-under=0) # judged at the end
    # PostgreSQL refuses more of what is hostile (NUL, numbers too large), so it is sent there.
    run sqlite --database sqlite -m "not e2e and not hostile" -n "$workers" \
        --note-statements="$noted" "${measured[@]}"
    # Each statement meets both databases. A test that sends none that others do not send as well
    # was tried in the first run: tests/plugins/statements.py. EVERYTHING=1 tries it again.
    local repeated=(--repeat="$noted")
    [ -z "${EVERYTHING:-}" ] || repeated=()
    run postgresql --database postgresql -m "not e2e" -n "$workers" --only-database-tests \
        "${repeated[@]}"
}

run_served() {
    local served
    mapfile -t served < <(grep -rlE "mark\.e2e" tests --include="test_*.py")
    run "sqlite, end to end" --database sqlite -m e2e "${served[@]}" \
        -n "$served_workers"
    # The walk through the product, the installation and the drills run on both databases. A hand's
    # gestures in the browser say nothing about the database: the first run has had them.
    run "postgresql, end to end" --database postgresql -m e2e \
        tests/e2e tests/drills -n "$served_workers"
}

set -m # a process group of its own, so that all of it can be ended
run_served >"$told" 2>&1 &
served_lane=$!
set +m
run_fast
wait "$served_lane"
cat "$told"

if [ -n "${MEASURE:-}" ]; then
    printf '\n>>> coverage of app, by branch\n'
    .venv/bin/coverage report || echo coverage >>"$failures"
fi

minutes=$((SECONDS / 60)) seconds=$((SECONDS % 60))
if [ -s "$failures" ]; then
    printf '\nFailed after %d min %d s: %s\n' "$minutes" "$seconds" "$(paste -sd ';' "$failures")"
    exit 1
fi
printf '\nEverything passed in %d min %d s.\n' "$minutes" "$seconds"
