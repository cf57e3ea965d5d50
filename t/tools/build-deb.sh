#!/usr/bin/env bash
# build-deb.sh TARBALL DIRECTORY
# Makes Debian's source and binary packages, in DIRECTORY, of what `make dist` has made, and asks lintian. Nothing is
# downloaded: the tarball has the SDK file.
set -euo pipefail

tarball=$(realpath "$1")
directory=$2
log=$directory/build.log

build() {
    local name version
    name=$(dpkg-parsechangelog --show-field Source)
    version=$(dpkg-parsechangelog --show-field Version)
    cp "$tarball" "../${name}_${version%-*}.orig.tar.gz"
    dpkg-buildpackage --no-sign -j"${JOBS:-$(nproc)}" </dev/null
}

rm -rf "$directory"
mkdir -p "$directory"
tar -C "$directory" -xzf "$tarball"
if ! (cd "$directory"/*/ && build) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "The package could not be built; all that was said is in $log" >&2
    exit 1
fi
lintian --allow-root --fail-on=error,warning "$directory"/*.changes
ls "$directory"/*.deb
