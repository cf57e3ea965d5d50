#!/usr/bin/env bash
# try-package.sh TREE
# Tries /srv/packages/{former,current}.deb in a clean tree of Debian, with a stand-in for Adobe's Edge Network: installs
# and configures as the README says, upgrades, removes, purges and installs again, while nginx serves. Then the second
# package (former-amqp.deb, current-amqp.deb), with a node of RabbitMQ (make build/deps/rabbitmq). To be run in namespaces
# for mounts, processes and the network that are its own; everything that it starts ends with them.
set -euo pipefail

tree=$1
package=libnginx-mod-http-aep
queue=/var/lib/nginx/aep-queue
second=$package-amqp
modules=/usr/lib/nginx/modules
broker=127.0.0.1:21671
work=$tree/srv/trial
failures=0
number=0

# ---- what is said ----

section() { printf '\n== %s\n' "$*"; }

check() { # what is expected, command
    local what=$1
    shift
    if "$@"; then
        echo "ok      $what"
    else
        echo "FAILED  $what"
        failures=$((failures + 1))
    fi
}

shown() { sed 's/^/        /'; }

# ---- the tree ----

inside() {
    chroot "$tree" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -c "$1"
}

apt() { # as people call it; what it says is shown and kept in $work/apt
    echo "# apt $*"
    inside "apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-unsafe-io $*" >"$work/apt" 2>&1 || {
        shown <"$work/apt"
        check "apt $*" false
        return 0
    }
    grep -E '^(Unpacking libnginx|Removing|Setting up (lib)?nginx|Purging|Trigger|Upgrading|Reloading|libnginx-mod)|^  [0-9/]' \
        "$work/apt" | shown || true
}

command() { # of an administrator
    echo "# $*"
    inside "$*" 2>&1 | shown
}

said() { grep -qE "$1" "$work/apt"; }
works() { inside "$1" >/dev/null 2>&1; }
fails() { ! works "$1"; }
master() { cat "$tree/run/nginx.pid"; }
has_file() { [ -e "$tree$1" ] || [ -L "$tree$1" ]; }
lacks_file() { ! has_file "$1"; }

# The file of a module that the running master has.
loads_current_file() { # master, module
    local maps=$tree/proc/$1/maps module=$modules/${2:-ngx_http_aep_module}.so
    grep -qF "$module" "$maps" && ! grep -qF "$module (deleted)" "$maps"
}

# ---- the stand-in and the shop's visitors ----

start_stand_in() {
    node t/edge/server.mjs --http 0 >"$work/edge" 2>&1 &
    until grep -q http "$work/edge"; do sleep 0.1; done
    edge=http://127.0.0.1:$(sed 's/[^0-9]//g' "$work/edge")
}

edge_is_away() { curl -sS -o /dev/null -X PUT -d '{"action":"*","status":503}' "$edge/_stand-in/mode"; }
edge_is_back() { curl -sS -o /dev/null -X DELETE "$edge/_stand-in/mode"; }

page() { curl -sS -m 5 -H 'Host: shop.example' http://127.0.0.1/; }
has_tag() { page | grep -q 'data-aep='; }
has_no_tag() { page | grep -q '<title>' && ! has_tag; }
has_sdk_file() {
    local path
    path=$(page | sed -n 's/.*<script async src="\([^"]*\)".*/\1/p')
    [ "$(curl -sS -m 5 -o /dev/null -w '%{http_code} %{content_type}' -H 'Host: shop.example' \
        "http://127.0.0.1$path")" = "200 text/javascript; charset=utf-8" ]
}

# Sends so many events, each with a name of its own; whether all of them are acknowledged.
sends() {
    local status
    first=$number
    for ((number = first; number < first + $1; ++number)); do
        status=$(curl -sS -m 5 -o "$work/answer" -w '%{http_code}' -H 'Host: shop.example' -H 'Content-Type: text/plain' \
            -d '{"events":[{"xdm":{"_id":"event-'"$number"'.","eventType":"web.webpagedetails.pageViews"}}]}' \
            "http://127.0.0.1/ee/v1/interact?requestId=trial-$number")
        if [ "$status" != 200 ]; then
            echo "$status $(cat "$work/answer")" | shown
            return 1
        fi
    done
}

# Whether the stand-in has those of the last `sends`, within a minute.
arrive() {
    local i accepted deadline=$((SECONDS + 60))
    [ "$number" -gt "$first" ] || return 1
    while [ "$SECONDS" -lt "$deadline" ]; do
        accepted=$(curl -sS "$edge/_stand-in/counts" | sed 's/.*"acceptedEventIds"//')
        for ((i = first; i < number; ++i)); do
            [[ $accepted == *"\"event-$i.\""* ]] || break
        done
        [ "$i" -lt "$number" ] || return 0
        sleep 0.2
    done
    return 1
}

# A visitor every 20 ms, with a connection of its own, until the end.
start_visits() {
    while :; do
        curl -sS -m 5 -o /dev/null -w '%{http_code}\n' -H 'Host: shop.example' http://127.0.0.1/ 2>&1 || true
        sleep 0.02
    done >"$work/visits" &
    visits=$!
}

all_were_served() {
    local bad
    bad=$(grep -cvx 200 "$work/visits" || true)
    echo "        $(wc -l <"$work/visits") pages, $bad failures"
    grep -nvx 200 "$work/visits" | head -n 5 | shown || true
    [ "$bad" -eq 0 ]
}

has_no_alert() {
    local alerts
    alerts=$(grep -E '\[(crit|alert)\]' "$tree/var/log/nginx/error.log" | head -n 5)
    [ -z "$alerts" ] || shown <<<"$alerts"
    [ -z "$alerts" ]
}

# ---- the broker ----

on_broker() { RABBITMQ_DIR=$work/rabbitmq RABBITMQ_PORT=21670 t/tools/rabbitmq.sh "$@"; }

start_broker() {
    on_broker start 1
    printf 'guest\nguest\n' >"$tree/etc/nginx/aep-broker"
    chmod 600 "$tree/etc/nginx/aep-broker"
}

# The sum of a column of the lanes' queues: of messages, or of consumers, which are nginx's workers.
in_lanes() { on_broker ctl 1 -q list_queues name "$1" | awk '/^aep\.lane\./ { sum += $2 } END { print sum + 0 }'; }

broker_has() { # how many messages, within some seconds
    local i messages
    for ((i = 0; i < 10; ++i)); do
        messages=$(in_lanes messages)
        [ "$messages" -ne "$1" ] || return 0
        sleep 1
    done
    echo "        the broker has $messages"
    return 1
}

broker_is_used() {
    local i
    for ((i = 0; i < 10; ++i)); do
        [ "$(in_lanes consumers)" -eq 0 ] || return 0
        sleep 1
    done
    return 1
}

use_broker() {
    echo "aep_queue  amqp://$broker credentials=/etc/nginx/aep-broker;" >>"$tree/etc/nginx/conf.d/aep.conf"
    command 'nginx -t && service nginx reload'
    check 'nginx takes a broker as its queue' works 'nginx -t'
    check 'and uses it' broker_is_used
}

leave_broker() {
    sed -i '/^aep_queue/d' "$tree/etc/nginx/conf.d/aep.conf"
    command 'nginx -t && service nginx reload'
}

# ---- what the README says ----

of_readme() { grep -m1 -E "^ *$1 " README.md | sed 's/^ *//; s/ *#.*//'; }

configure() {
    cat >"$tree/etc/nginx/conf.d/aep.conf" <<CONF
$(of_readme aep_organization_id)
aep_edge $edge;   # the stand-in
CONF
    cat >"$tree/etc/nginx/sites-enabled/shop" <<CONF
server {
    listen             80;
    $(of_readme server_name)
    $(of_readme aep_datastream_id)
    $(of_readme include)
    root               /var/www/html;
    index              index.nginx-debian.html;
}
CONF
    command 'nginx -t && service nginx reload'
    sleep 2
}

take_lines_away() {
    rm "$tree/etc/nginx/conf.d/aep.conf"
    sed -i '/aep_/d; /include *aep/d' "$tree/etc/nginx/sites-enabled/shop"
}

# ---- the trial ----

mkdir -p "$work"
ip link set lo up
mount -t proc proc /proc
mount -t proc proc "$tree/proc"
mount --rbind /dev "$tree/dev"
start_stand_in

section "nginx, as it was"
apt install nginx man-db
check 'nginx serves' has_no_tag
start_visits

section "the package, and the README's lines"
began=$SECONDS
apt install /srv/packages/former.deb
check 'the module is switched on' has_file /etc/nginx/modules-enabled/70-mod-http-aep.conf
check 'nginx takes its configuration' works 'nginx -t'
configure
check 'a page has the tag' has_tag
check 'the SDK file comes' has_sdk_file
check 'an event is acknowledged' sends 1
check 'it arrives' arrive
echo "        from the package to the first event: $((SECONDS - began)) s"
check "the queue's directory is the workers' alone" \
    [ "$(inside "stat -c '%U %G %a' $queue")" = "www-data www-data 700" ]
check 'manual pages' works 'man -w ngx_aep aep-backfill aep-export-orders aep-forget-visitor'
check 'programs' works 'aep-backfill --help && aep-export-orders --help && aep-forget-visitor --help'
check 'examples' works "cd /usr/share/doc/$package/examples && ls aep.conf back_office recipes monitoring"
check 'documents' has_file /usr/share/doc/$package/docs/install.md

section "an upgrade, while events wait"
echo '# mine' >>"$tree/etc/nginx/aep/website.inc"
edge_is_away
check 'events are acknowledged, and wait' sends 5
former_master=$(master)
apt install /srv/packages/current.deb
sleep 2
check 'another master process runs' [ "$(master)" != "$former_master" ]
check 'with the new file' loads_current_file "$(master)"
check "what the administrator has changed stays" grep -q '^# mine' "$tree/etc/nginx/aep/website.inc"
check 'a page has the tag' has_tag
edge_is_back
check 'the events that waited arrive' arrive

section "a removal, while nginx.conf has the module's lines and events wait"
edge_is_away
check 'events are acknowledged, and wait' sends 5
waiting=$number
apt remove $package
check 'it names the first line' said 'unknown directive "aep_'
check 'and the files' said '^  /etc/nginx/conf.d/aep.conf$'
check 'and what waits' said "stay in $queue: [0-9]+ files, [0-9]+ bytes"
check 'nginx goes on, with the module' has_tag
take_lines_away
command 'nginx -t && service nginx reload'
sleep 3
check 'without the lines it goes on, without the module' has_no_tag
check 'the queue is there' has_file $queue/instance

section "installed again"
apt install /srv/packages/current.deb
configure
edge_is_back
first=$((waiting - 5))
check 'the events that waited arrive' arrive
check 'with the new file' loads_current_file "$(master)"

section "a purge, while nginx.conf has the module's lines and events wait"
edge_is_away
check 'events are acknowledged, and wait' sends 5
waiting=$number
apt purge $package
check 'it says that the queue stays, and why' said "$queue stays \(.* because nginx still runs with the module"
check 'the queue is there' has_file $queue/instance
check 'nginx goes on, with the module' has_tag

section "installed again, and purged without the lines"
apt install /srv/packages/current.deb
check 'nginx takes its configuration' works 'nginx -t'
sleep 2
edge_is_back
first=$((waiting - 5))
check 'the events that waited arrive' arrive
edge_is_away
check 'events are acknowledged, and wait' sends 5
take_lines_away
apt purge $package
check 'it says what it deletes' said "Deleting $queue .*: [0-9]+ files, [0-9]+ bytes"
check 'the queue is gone' lacks_file $queue
check 'and the configuration' lacks_file /etc/nginx/aep
check 'and the link' lacks_file /etc/nginx/modules-enabled/70-mod-http-aep.conf
check 'nginx goes on, without the module' has_no_tag

section "installed again after the purge"
edge_is_back
apt install /srv/packages/current.deb
configure
check 'with the new file' loads_current_file "$(master)"
check 'a page has the tag' has_tag
check 'an event is acknowledged' sends 1
check 'it arrives' arrive

section "the second package"
start_broker
apt install --allow-downgrades /srv/packages/former.deb /srv/packages/former-amqp.deb
check 'the module is switched on' has_file /etc/nginx/modules-enabled/71-mod-http-aep-amqp.conf
use_broker
edge_is_away
check 'events are acknowledged' sends 5
check 'and wait in the broker' broker_has 5

section "an upgrade of both, while events wait in the broker"
former_master=$(master)
apt install /srv/packages/current.deb /srv/packages/current-amqp.deb
sleep 2
check 'another master process runs' [ "$(master)" != "$former_master" ]
check 'with the new file' loads_current_file "$(master)"
check 'and that of the second module' loads_current_file "$(master)" ngx_http_aep_amqp_module
edge_is_back
check 'the events that waited arrive' arrive

section "a removal of the second package, while aep_queue names a broker and events wait there"
edge_is_away
check 'events are acknowledged' sends 5
apt remove $second
check 'it says what the configuration still names' said '"aep_queue" still names a broker'
check 'nginx does not take the configuration any more' fails 'nginx -t'
check 'nginx goes on, with the module' has_tag
edge_is_back
check 'the events that waited arrive' arrive
leave_broker
check 'with a queue in files it takes it' works 'nginx -t'
check 'an event is acknowledged' sends 1
check 'it arrives' arrive

section "installed again, and both removed at once"
apt install /srv/packages/current-amqp.deb
use_broker
apt remove $package
check 'it says that the broker is named' said '"aep_queue" still names a broker'
check 'and the first line that is not known' said 'unknown directive "aep_'
check 'both links are gone' fails 'ls /etc/nginx/modules-enabled/*-mod-http-aep*.conf'
check 'and both files' fails "ls $modules/ngx_http_aep_*"
check 'nginx goes on, with the modules' has_tag
take_lines_away
command 'nginx -t && service nginx reload'
sleep 3
check 'without the lines it goes on, without the modules' has_no_tag

section "in the end"
kill "$visits"
check 'all visitors were served' all_were_served
check 'nothing went wrong in nginx' has_no_alert
inside 'nginx -s quit'
echo
echo "$failures failures"
[ "$failures" -eq 0 ]
