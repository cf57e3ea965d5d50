#!/usr/bin/env bash
# suite-nginx.sh DIRECTORY SUITE
# Puts nginx of another suite of Debian into DIRECTORY, with its headers (DIRECTORY/src), and curl, which there may know
# HTTP/3. Nothing is installed: DIRECTORY/bin has programs that start with that suite's libraries, its C library and
# loader included.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=private-apt.sh
. "$(dirname "$0")/private-apt.sh"

suite=$2
mkdir -p "$1"
cd "$1"
directory=$PWD

fetch() {
    local archives=apt/cache/archives
    # No package counts as installed, so all that the programs need comes along.
    private_apt apt "$suite" &&
        APT_CONFIG=$directory/apt/apt.conf apt-get install -qq -y --no-install-recommends --download-only nginx curl &&
        (cd "$archives" && APT_CONFIG=$directory/apt/apt.conf apt-get download -qq nginx-dev)
}

unpack() {
    local package
    for package in apt/cache/archives/*.deb; do
        dpkg -x "$package" root
    done
}

wrap() { # the name of a program, its path
    local libraries loader
    libraries=$(dirname "$(find "$directory/root/usr/lib" -name libc.so.6)")
    loader=$(find "$libraries" -name 'ld-linux*.so.*')
    cat >"bin/$1" <<PROGRAM
#!/bin/sh
exec "$loader" --library-path "$libraries" --argv0 "\$0" "$directory/root$2" "\$@"
PROGRAM
    chmod 755 "bin/$1"
}

if [ ! -e complete ]; then
    rm -rf apt root bin src
    fetch >apt.log 2>&1 || { tail -n 3 apt.log >&2; exit 1; }
    unpack
    rm -rf apt apt.log
    mkdir bin
    wrap nginx /usr/sbin/nginx
    wrap curl /usr/bin/curl
    ln -s root/usr/share/nginx/src src
    bin/nginx -v
    touch complete
fi
