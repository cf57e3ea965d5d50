#!/usr/bin/env bash
# test-debian.sh SUITE DIRECTORY
# Tries the README on a fresh Debian: makes a clean tree of the suite in DIRECTORY by debootstrap, clones this repository
# into it as it is committed, and runs there the commands that stand under "On a fresh Debian". What the machine has for
# reaching mirrors and registries (its certificates and its npm's registry) the tree gets, too. Nothing is installed here.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=private-apt.sh
. "$(dirname "$0")/private-apt.sh"

suite=$1
top=$PWD
tree=$2/$suite

if [ "$(id -u)" -ne 0 ]; then
    echo "A tree of Debian can be made by root only: run this as root." >&2
    exit 1
fi

# The program, unpacked, where it is not installed.
run_debootstrap() {
    local programs=$top/build/deps/debootstrap
    if command -v debootstrap >/dev/null; then
        debootstrap "$@"
        return
    fi
    if [ ! -d "$programs" ]; then
        mkdir -p "$programs"
        (cd "$programs" && apt-get download -qq -o APT::Sandbox::User=root debootstrap &&
            dpkg -x debootstrap_*.deb . && rm debootstrap_*.deb)
    fi
    DEBOOTSTRAP_DIR=$programs/usr/share/debootstrap "$programs/usr/sbin/debootstrap" "$@"
}

make_tree() {
    local mirror log=$tree.log
    mirror=$(debian_mirror)
    mkdir -p "$2"
    # What people have who follow the README: a checkout, and make.
    run_debootstrap --variant=minbase --include=make,ca-certificates \
        --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "$suite" "$tree" "$mirror" >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        exit 1
    }
}

give_access() {
    mkdir -p "$tree/usr/local/share/ca-certificates"
    cp -r /usr/local/share/ca-certificates/. "$tree/usr/local/share/ca-certificates/"
    cp -L /etc/resolv.conf /etc/hosts "$tree/etc/"
    if command -v npm >/dev/null; then
        printf 'registry=%s\n' "$(npm config get registry)" >"$tree/srv/.npmrc"
    fi
    inside update-ca-certificates >/dev/null 2>&1
}

# Processes, mounts and what they leave end with the command.
inside() { # a command of the shell, in the clone where there is one
    # shellcheck disable=SC2016 # it is the inner shell's
    unshare --mount --pid --fork --kill-child sh -c '
        mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs -o mode=1777 tmp "$0/dev/shm" &&
        exec chroot "$0" /usr/bin/env -i HOME=/srv TERM=dumb LANG=C.UTF-8 \
            NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            sh -c "cd /srv/ngx_aep 2>/dev/null; $1"' "$tree" "$1"
}

# The lines of the first block of commands behind "On a fresh Debian", without their comments.
commands() {
    sed -n '/^On a fresh Debian/,/^```$/p' README.md | sed -n 's/[[:space:]]*#.*//; /^make /p'
}

# The demo runs until somebody presses Ctrl-C: it has to get so far, and to end then.
demo() {
    # shellcheck disable=SC2016
    inside '
        '"$1"' >/srv/demo.log 2>&1 & demo=$!
        until grep -q "^Ctrl-C stops everything" /srv/demo.log; do
            kill -0 $demo 2>/dev/null || { tail -n 20 /srv/demo.log; exit 1; }
            sleep 1
        done
        for process in /proc/[0-9]*; do
            if [ "$(tr "\0" " " <"$process/cmdline")" = "node t/demo/demo.mjs " ]; then
                kill -INT "${process#/proc/}"
            fi
        done
        wait $demo; result=$?
        cat /srv/demo.log
        exit $result'
}

if [ ! -e "$tree/complete" ]; then
    rm -rf --one-file-system "$tree"
    make_tree "$@"
    give_access
    touch "$tree/complete"
fi
rm -rf "$tree/srv/ngx_aep"
git clone -q --no-hardlinks "$top" "$tree/srv/ngx_aep"

commands | while read -r command; do
    printf '\n== Debian %s: %s\n' "$suite" "$command"
    case $command in
        'make demo') demo "$command" ;;
        *) inside "$command" ;;
    esac </dev/null
done
