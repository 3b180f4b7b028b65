#!/bin/sh
# Waits until Rastro answers that it is healthy: wait-healthy.sh URL [SECONDS]. Fails when it does not.
set -eu
url=$1 until=$(($(date +%s) + ${2:-90}))
while [ "$(date +%s)" -lt "$until" ]; do
    if python3 - "$url" <<'PROGRAM' 2>/dev/null; then
import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=4).close()
PROGRAM
        echo "Rastro está sano: $url"
        exit 0
    fi
    sleep 2
done
echo "Rastro no está sano: $url" >&2
python3 -c 'import sys, urllib.request, urllib.error
try: print(urllib.request.urlopen(sys.argv[1], timeout=4).read().decode())
except urllib.error.HTTPError as error: print(error.read().decode())
except OSError as error: print(error)' "$url" >&2
exit 1
