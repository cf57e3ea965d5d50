#!/usr/bin/env bash
# build-deb.sh TARBALL DIRECTORY
# Makes Debian's source and binary packages, in DIRECTORY, of what `make dist` has made, and asks lintian. Nothing is
# downloaded: the tarball has the SDK file. The package of the second module is made where its library is installed.
set -euo pipefail

tarball=$1
directory=$2
log=$directory/build.log

profiles=()
dpkg-query -W librabbitmq-dev >/dev/null 2>&1 || profiles=(-Ppkg.libnginx-mod-http-aep.noamqp)

rm -rf "$directory"
mkdir -p "$directory"
tar -C "$directory" -xzf "$tarball"
if ! (cd "$directory"/*/ && dpkg-buildpackage --no-sign "${profiles[@]}" -j"${JOBS:-$(nproc)}" </dev/null) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "The package could not be built; all that was said is in $log" >&2
    exit 1
fi
lintian --allow-root --fail-on=error,warning "$directory"/*.changes
ls "$directory"/*.deb
