#!/usr/bin/env bash
# unpack.sh DIRECTORY PACKAGE...
# Unpacks Debian packages into DIRECTORY. Installed, some of them would become services of the machine.
set -euo pipefail

directory=$1
shift
mkdir -p "$directory"
cd "$directory"
for package in "$@"; do
    if [ ! -e "usr/share/doc/$package" ]; then
        apt-get download -qq -o APT::Sandbox::User=root "$package"
        dpkg -x "$package"_*.deb .
        rm "$package"_*.deb
    fi
done
