#!/usr/bin/env bash
# test-debian.sh SUITE DIRECTORY
# Tries the README on a fresh Debian: makes a clean tree of the suite in DIRECTORY by debootstrap, clones this repository
# into it as it is committed, and runs there the commands that stand under "On a fresh Debian". What the machine has for
# reaching mirrors and registries (its certificates and its npm's registry) the tree gets, too. Nothing is installed here.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=debian-tree.sh
. "$(dirname "$0")/debian-tree.sh"

suite=$1
top=$PWD
tree=$2/$suite

in_clone() { inside "$tree" "cd /srv/ngx_aep; $1"; }

# The lines of the first block of commands behind "On a fresh Debian", without their comments.
commands() {
    sed -n '/^On a fresh Debian/,/^```$/p' README.md | sed -n 's/[[:space:]]*#.*//; /^make /p'
}

# The demo runs until somebody presses Ctrl-C: it has to get so far, and to end then.
demo() {
    # shellcheck disable=SC2016
    in_clone '
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

# What people have who follow the README: a checkout, and make.
make_tree "$suite" "$tree" make,ca-certificates
if command -v npm >/dev/null; then
    printf 'registry=%s\n' "$(npm config get registry)" >"$tree/srv/.npmrc"
fi
rm -rf "$tree/srv/ngx_aep"
git clone -q --no-hardlinks "$top" "$tree/srv/ngx_aep"

commands | while read -r command; do
    printf '\n== Debian %s: %s\n' "$suite" "$command"
    case $command in
        'make demo') demo "$command" ;;
        *) in_clone "$command" ;;
    esac </dev/null
done
