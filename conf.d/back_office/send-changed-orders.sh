#!/bin/sh
# send-changed-orders.sh SETTINGS
#
# Tells nginx which orders of Adobe Commerce were placed, cancelled or completely shipped since the last time; for cron:
#
#     */5 * * * *  aep-orders  /etc/aep-orders/send-changed-orders.sh /etc/aep-orders/send-changed-orders.conf
#
# aep-export-orders reads the orders that changed, by Commerce's REST interface. Where anything fails, the next run sends
# it all: nothing is lost. What has arrived is remembered, so that nothing is sent twice. Exit codes: 0 all is well; 1 some
# documents were refused, and are listed; others: it failed, says why, and goes on at the next run.
set -eu
umask 077

# shellcheck source=/dev/null # the operator's
. "$1"

say() { echo "send-changed-orders.sh: $*" >&2; }

orders=$STATE/orders.ndjson # the documents
names=$STATE/sent.new       # the events in it, one a line
sent=$STATE/sent            # the events that have arrived
most_remembered=200000

mkdir -p "$STATE"
touch "$sent"
exec 9>"$STATE/lock"
if ! flock -n 9; then
    exit 0 # the last run is still busy
fi

# Ten minutes are there twice, for clocks that differ and for changes that take their time to the database.
from=$(date -u -d '10 minutes ago' '+%Y-%m-%d %H:%M:%S')
since=$(cat "$STATE/since" 2>/dev/null || echo "${SINCE:-$from}")

rm -f "$orders" "$names"
if ! aep-export-orders --token-file "$COMMERCE_TOKEN" --changed-from "$since" --sent "$sent" "$SHOP" "$orders" \
    >"$STATE/log" 2>&1; then
    cat "$STATE/log" >&2
    exit 75
fi

result=0
if [ -s "$orders" ]; then
    # The token comes by a pipe: arguments can be seen by all users of the machine.
    status=$(printf 'header = "Authorization: Bearer %s"\n' "$(head -n 1 "$BACK_OFFICE_TOKEN")" |
        curl -q --config - --silent --show-error --max-time 300 --header 'Content-Type: application/x-ndjson' \
            --data-binary "@$orders" --output "$STATE/answer" --write-out '%{http_code}' "$BACK_OFFICE") || true
    if [ "$status" != 202 ]; then
        say "nginx answered $status; the next run sends the same orders"
        exit 75
    fi
    if grep -q '"result":"unavailable"' "$STATE/answer"; then
        say 'nginx could not take all of them just now; the next run sends the same orders'
        exit 75
    fi
    if grep '"result":"invalid"' "$STATE/answer" >&2; then
        say 'these documents were refused; they are not sent again'
        result=1
    fi
    cat "$sent" "$names" | tail -n "$most_remembered" >"$sent.next"
    mv "$sent.next" "$sent"
fi
echo "$from" >"$STATE/since"
rm -f "$orders" "$names" "$STATE/answer" "$STATE/log" # with what Commerce knows of shoppers
exit "$result"
