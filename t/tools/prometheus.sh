#!/usr/bin/env bash
# prometheus.sh DIRECTORY
# Puts Debian's Prometheus, with promtool, into DIRECTORY. Installed, it would become a service of the machine.
set -euo pipefail

mkdir -p "$1"
cd "$1"
if [ ! -x usr/bin/promtool ]; then
    apt-get download -qq -o APT::Sandbox::User=root prometheus
    dpkg -x prometheus_*.deb .
    rm prometheus_*.deb
fi
if ! usr/bin/promtool --version >/dev/null; then
    echo "Debian's promtool does not run: the line above says why." >&2
    exit 1
fi
