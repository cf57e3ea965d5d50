#!/usr/bin/env bash
# rabbitmq.sh start [NODES]     starts 1 to 3 nodes of RabbitMQ on loopback as one cluster, and waits until all listen
#             stop              ends all of them, at once
#             kill N            ends one, as a machine that loses its power
#             freeze N | thaw N stops one without ending it, and lets it go on
#             restart N         starts one again that was killed, with what it had on its disk
#             ctl N ...         runs rabbitmqctl with one
#             environment       prints where the nodes are, for `eval`
# What it needs is unpacked, not installed (make build/deps/rabbitmq): no service of the machine. From the environment:
#   RABBITMQ_TREE   where the packages are unpacked: build/deps/rabbitmq
#   RABBITMQ_DIR    where the nodes keep everything: build/rabbitmq
#   RABBITMQ_PORT   the first of 14 ports: AMQP, AMQP by TLS and Erlang's own, four each, epmd's and a spare one: 21670
#   RABBITMQ_CONF   more lines for each rabbitmq.conf
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(realpath -m "${RABBITMQ_TREE:-$root/build/deps/rabbitmq}")
directory=$(realpath -m "${RABBITMQ_DIR:-$root/build/rabbitmq}")
first=${RABBITMQ_PORT:-21670}
erlang=$tree/usr/lib/erlang
emulator=$(echo "$erlang"/erts-*)/bin
sbin=$(echo "$tree"/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin)

port_of() { echo $((first + $1)); }
tls_port_of() { echo $((first + 4 + $1)); }
export ERL_EPMD_PORT=$((first + 12)) ERL_EPMD_ADDRESS=127.0.0.1

# Debian's erl knows only the place where Debian installs it.
prepare_erlang() {
    mkdir -p "$directory/bin"
    cat >"$directory/bin/erl" <<ERL
#!/bin/sh
ROOTDIR=$erlang BINDIR=$emulator EMU=beam PROGNAME=erl
export ROOTDIR BINDIR EMU PROGNAME
exec "\$BINDIR/erlexec" "\$@"
ERL
    cat >"$directory/bin/escript" <<ESCRIPT
#!/bin/sh
ESCRIPT_EMULATOR=$directory/bin/erl exec "$emulator/escript" "\$@"
ESCRIPT
    chmod +x "$directory/bin/erl" "$directory/bin/escript"
}

certificate() { # NAME SUBJECT DAYS EXTENSION...: vouched for by the authority
    local name=$1 subject=$2 days=$3
    shift 3
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$subject" \
        -keyout "$name.key" -out "$name.csr" 2>/dev/null
    printf '%s\n' "$@" >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" -extfile "$name.ext" \
        -out "$name.crt" 2>/dev/null
}

authority() { # NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$1" \
        -keyout "$1.key" -out "$1.crt" 2>/dev/null
}

# openssl x509 makes none for the past.
expired_certificate() {
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout expired.key \
        -out expired.csr 2>/dev/null
    : >index.txt
    printf '%s\n' '[ca]' 'default_ca=it' '[it]' 'database=index.txt' 'default_md=sha256' 'policy=names' 'rand_serial=yes' \
        'new_certs_dir=.' 'x509_extensions=extensions' '[names]' 'commonName=supplied' '[extensions]' \
        'subjectAltName=DNS:localhost' >ca.cnf
    openssl ca -batch -notext -config ca.cnf -in expired.csr -cert ca.crt -keyfile ca.key -startdate 20200101000000Z \
        -enddate 20200201000000Z -out expired.crt 2>/dev/null
}

make_certificates() {
    [ ! -e "$directory/tls/made" ] || return 0
    mkdir -p "$directory/tls"
    (
        cd "$directory/tls"
        authority ca
        authority stranger
        certificate server localhost 3650 'subjectAltName=DNS:localhost,IP:127.0.0.1'
        cp server.crt valid.crt
        cp server.key valid.key
        certificate other other.test 3650 'subjectAltName=DNS:other.test'
        expired_certificate
        certificate client ngx_aep 3650 'extendedKeyUsage=clientAuth'
        touch made
    )
}

write_configuration() { # N NODES
    local n=$1 nodes=$2 home=$directory/$1 peer
    mkdir -p "$home"
    echo '[].' >"$home/enabled_plugins"
    {
        cat <<CONF
listeners.tcp.1 = 127.0.0.1:$(port_of "$n")
listeners.ssl.1 = 127.0.0.1:$(tls_port_of "$n")
ssl_options.cacertfile = $directory/tls/ca.crt
ssl_options.certfile = $directory/tls/server.crt
ssl_options.keyfile = $directory/tls/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
cluster_partition_handling = pause_minority
cluster_formation.peer_discovery_backend = rabbit_peer_discovery_classic_config
cluster_formation.discovery_retry_limit = 1
cluster_formation.discovery_retry_interval = 100
log.file.level = warning
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 1GB
raft.wal_max_size_bytes = 16000000
net_ticktime = 5
CONF
        for ((peer = 1; peer <= nodes; peer++)); do
            echo "cluster_formation.classic_config.nodes.$peer = aep$peer@localhost"
        done
        printf '%s\n' "${RABBITMQ_CONF:-}"
    } >"$home/rabbitmq.conf"
}

with_erlang() { # COMMAND...
    # It tells Erlang's nodes where the others are. Nothing happens when it runs already.
    "$emulator/epmd" -daemon
    HOME=$directory PATH="$directory/bin:$PATH" RABBITMQ_CONF_ENV_FILE=/dev/null "$@"
}

start_node() { # N
    local n=$1 home=$directory/$1
    rm -f "$home/pid"
    # A node that fails leaves its memory where it stands.
    with_erlang env ERL_CRASH_DUMP="$home/crash" RABBITMQ_NODENAME="aep$n@localhost" RABBITMQ_DIST_PORT=$((first + 8 + n)) \
        RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_PID_FILE="$home/pid" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none" \
        setsid "$sbin/rabbitmq-server" >"$home/out" 2>&1 </dev/null &
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

await_node() { # N
    local n=$1 tries=0
    until listens "$(tls_port_of "$n")" && listens "$(port_of "$n")"; do
        if ((++tries > 1200)); then
            echo "Node $n of RabbitMQ does not listen after two minutes; it says:" >&2
            tail -n 20 "$directory/$n/out" >&2
            return 1
        fi
        sleep 0.1
    done
}

signal() { # SIGNAL N
    local pid
    pid=$(cat "$directory/$2/pid")
    kill "-$1" "$pid"
}

await_end() { # N
    local pid tries=0
    pid=$(cat "$directory/$1/pid")
    while kill -0 "$pid" 2>/dev/null && ((++tries < 100)); do
        sleep 0.05
    done
}

# By their environment: a node that is about to start has no pid file yet.
processes_of() { # N
    grep -lszxF "RABBITMQ_PID_FILE=$directory/$1/pid" /proc/[0-9]*/environ | cut -d/ -f3
}

stop_all() {
    local n pid epmd
    for n in 1 2 3; do
        for pid in $(processes_of "$n"); do
            kill -KILL "$pid" 2>/dev/null || true
        done
        [ -e "$directory/$n/pid" ] || continue
        await_end "$n"
        rm -f "$directory/$n/pid"
    done
    for pid in $(pgrep -x epmd || true); do
        epmd=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^ERL_EPMD_PORT=//p') || true
        [ "$epmd" != "$ERL_EPMD_PORT" ] || kill "$pid" || true
    done
}

case ${1-} in
start)
    nodes=${2:-1}
    if [ ! -d "$erlang" ]; then
        echo "There is no RabbitMQ in $tree: run 'make build/deps/rabbitmq'." >&2
        exit 1
    fi
    for ((n = 1; n <= nodes; n++)); do
        if listens "$(port_of "$n")"; then
            echo "Port $(port_of "$n") is in use: stop what listens there, or set RABBITMQ_PORT." >&2
            exit 1
        fi
    done
    rm -rf "$directory"/[1-3]
    mkdir -p "$directory"
    # A cookie is a file that its owner alone may read.
    (umask 077 && echo ngx_aep_test >"$directory/.erlang.cookie.new")
    mv -f "$directory/.erlang.cookie.new" "$directory/.erlang.cookie"
    prepare_erlang
    make_certificates
    for ((n = 1; n <= nodes; n++)); do
        write_configuration "$n" "$nodes"
        start_node "$n"
    done
    for ((n = 1; n <= nodes; n++)); do
        await_node "$n"
    done
    ;;
stop) stop_all ;;
kill)
    signal KILL "$2"
    await_end "$2"
    ;;
freeze) signal STOP "$2" ;;
thaw) signal CONT "$2" ;;
restart)
    start_node "$2"
    await_node "$2"
    ;;
ctl)
    node=$2
    shift 2
    with_erlang "$sbin/rabbitmqctl" -n "aep$node@localhost" "$@"
    ;;
environment)
    echo "RABBITMQ_PORTS='$(port_of 1) $(port_of 2) $(port_of 3)'"
    echo "RABBITMQ_TLS_PORTS='$(tls_port_of 1) $(tls_port_of 2) $(tls_port_of 3)'"
    echo "RABBITMQ_SPARE_PORT=$((first + 13))"
    echo "RABBITMQ_TLS=$directory/tls"
    ;;
*)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 1
    ;;
esac
