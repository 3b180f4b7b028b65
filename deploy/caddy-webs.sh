#!/bin/sh
# Makes of the Caddyfile of one machine (from standard input) that of several webs behind one name:
#     sh deploy/caddy-webs.sh rastro.oficina.cl web 8000 <deploy/Caddyfile >Caddyfile
# The name is asked for again every few seconds, so that webs may come and go. A web that does not take a
# connection is left out for a while, and what was meant for it goes to another one.
set -eu
domain=$1 name=$2 port=$3
sed -e "s/^RASTRO_DOMAIN/$domain/" \
    -e "s/^\(.*\)reverse_proxy 127.0.0.1:8000 {/\1reverse_proxy {\n\1\tdynamic a {\n\1\t\tname $name\n\1\t\tport $port\n\1\t\trefresh 5s\n\1\t}\n\1\tlb_policy least_conn\n\1\tlb_try_duration 10s\n\1\tfail_duration 10s/"
