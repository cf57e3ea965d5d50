#!/bin/sh
# fetch-event-keys.sh LOG DIRECTORY
#
# Puts the public keys with which Adobe I/O Events signs into DIRECTORY (aep_back_office_event_keys). LOG is the one of
# io_events.inc: it has the paths that Adobe names with each request. Anybody can name a path there, but keys are fetched
# from Adobe's host alone. Exits with 0 when there are new keys, for which nginx has to be reloaded, and otherwise with 1:
#
#     */5 * * * *  root  /etc/nginx/aep/back_office/fetch-event-keys.sh /var/log/nginx/aep_event_keys.log \
#                        /etc/nginx/aep/io_event_keys && nginx -s reload
#
# (A line of a crontab is one line.)
set -eu

log=$1
directory=$2
keys=${AEP_EVENT_KEYS:-https://static.adobeioevents.com}
most=16 # keys, which is as many as nginx takes

uuid='[0-9a-f]\{8\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{12\}'
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

# The newest lines have the keys of now.
paths=$(tail -n 10000 "$log" | tr ' ' '\n' | grep -x "/prod/keys/pub-key-$uuid\.pem" | sort -u || true)
new=0
tried=0
for path in $paths; do
    key=$directory/${path##*/}
    if [ -e "$key" ]; then
        continue
    fi
    set -- "$directory"/*.pem
    if [ "$#" -ge "$most" ]; then
        echo "fetch-event-keys.sh: $directory has $# keys: remove those that Adobe signs with no more" >&2
        break
    fi
    tried=$((tried + 1))
    if [ "$tried" -gt "$most" ]; then
        break # whoever made up so many paths has the rest of them ignored until the next time
    fi
    if curl -q --silent --show-error --fail --max-time 20 --max-filesize 65536 --output "$temporary/key" "$keys$path" &&
        openssl pkey -pubin -in "$temporary/key" -noout 2>/dev/null; then
        chmod 644 "$temporary/key"
        mv "$temporary/key" "$key.new"
        mv "$key.new" "$key"
        new=1
    else
        echo "fetch-event-keys.sh: there is no public key at $keys$path" >&2
    fi
done
[ "$new" -eq 1 ]
