#!/usr/bin/env bash
# test-package.sh SUITE DIRECTORY TARBALL
# Builds the Debian packages of what `make dist` has made in a clean tree of the suite, without a network, and tries them
# in another one: t/tools/try-package.sh. The trees are in DIRECTORY; those that only hold Debian's packages are kept.
# Everything that was said is in DIRECTORY/test-SUITE.log.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=debian-tree.sh
. "$(dirname "$0")/debian-tree.sh"

suite=$1
directory=$2
tarball=$3
base=$directory/$suite
build=$directory/$suite-build
trial=$directory/$suite-trial
built=$build/srv/build
log=$directory/test-$suite.log
most_seconds=${MOST_SECONDS:-1800}
get='apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io'

# Whether what is installed is started: 0, or 101 if not. Without an init system Debian asks this alone.
services() { install -m 755 /dev/stdin "$1/usr/sbin/policy-rc.d" <<<$'#!/bin/sh\n'"exit $2"; }

make_build_tree() {
    local needs
    needs=$(tar -xzOf "$tarball" --wildcards '*/debian/control' | sed -n '/^Build-Depends/,/^[^ B]/p' | sha256sum)
    if [ "$(cat "$build/complete" 2>/dev/null)" != "$needs" ]; then
        rm -rf --one-file-system "$build"
        cp -a "$base" "$build"
        services "$build" 101
        mkdir "$build/srv/control"
        tar -C "$build/srv/control" -xzf "$tarball" --strip-components=1 --wildcards '*/debian'
        inside "$build" "$get update && $get install lintian && $get build-dep /srv/control"
        echo "$needs" >"$build/complete"
    fi
}

build_packages() {
    rm -rf "$built"
    install -D -t "$built" "$tarball" t/tools/build-deb.sh
    # shellcheck disable=SC2016 # it is the inner shell's
    unshare --net bash -c '. t/tools/debian-tree.sh; inside "$0" "$1"' "$build" \
        'cd /srv/build && ./build-deb.sh ./*.tar.gz packages'
}

# A package under the name current$2.deb, and the same files under a lower version.
take() { # package, what the names in the trial end with
    local target=$trial/srv/packages current
    current=$(dpkg-deb -f "$1" Version)
    cp "$1" "$target/current$2.deb"
    dpkg-deb -R "$1" "$target/unpacked"
    sed -i "s/^Version: .*/Version: 0.0.1/; s/(= $current)/(= 0.0.1)/" "$target/unpacked/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$target/unpacked" "$target/former$2.deb"
    rm -r "$target/unpacked"
}

# All that the trial needs is downloaded before: it has no network.
make_trial_tree() {
    rm -rf --one-file-system "$trial"
    cp -a "$base" "$trial"
    services "$trial" 0
    mkdir "$trial/srv/packages"
    take "$built"/packages/libnginx-mod-http-aep_*.deb ''
    take "$built"/packages/libnginx-mod-http-aep-amqp_*.deb -amqp
    inside "$trial" "$get update && $get --download-only install nginx man-db /srv/packages/current.deb \
        /srv/packages/current-amqp.deb"
}

attempt() { # what, command
    local began=$SECONDS
    attempted=$1
    shift
    "$@" >>"$log" 2>&1
    printf '  %-40s %5d s\n' "$attempted" "$((SECONDS - began))"
    attempted=
}

attempted=
tell_what_failed() {
    if [ -n "$attempted" ]; then
        tail -n 30 "$log" >&2
        echo "$suite: $attempted: failed; all that was said is in $log" >&2
    fi
}
trap tell_what_failed EXIT

mkdir -p "$directory"
: >"$log"
echo "== Debian $suite"
attempt 'a clean tree' make_tree "$suite" "$base" ca-certificates
attempt 'one with what builds need' make_build_tree
attempt 'the packages, and lintian' build_packages
attempt 'another clean tree' make_trial_tree
# Namespaces of its own: port 80 and process ids are the trial's, and whatever it has started ends with it.
timeout --kill-after=10 "$most_seconds" unshare --mount --pid --net --fork --kill-child \
    t/tools/try-package.sh "$trial" 2>&1 | tee -a "$log"
