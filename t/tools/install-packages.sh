#!/usr/bin/env bash
# install-packages.sh PACKAGE...
# Installs those of the Debian packages that are missing, as root or through sudo, and starts no service.
set -euo pipefail

policy=/usr/sbin/policy-rc.d

missing_of() {
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        awk -v wanted="$*" '
            $2 == "installed" { have[$1] = 1 }
            END { n = split(wanted, name, " "); for (i = 1; i <= n; i++) if (!(name[i] in have)) print name[i] }' || true
}

# Debian starts a service as soon as it is installed, unless this script forbids it (exit status 101).
forbid_services() {
    if [ -e "$policy" ]; then
        mv "$policy" "$policy.ngx_aep-saved"
    fi
    trap allow_services EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
}

allow_services() {
    rm -f "$policy"
    if [ -e "$policy.ngx_aep-saved" ]; then
        mv "$policy.ngx_aep-saved" "$policy"
    fi
}

install() {
    local log
    export DEBIAN_FRONTEND=noninteractive
    forbid_services
    log=$(mktemp)
    if ! { apt-get update -q && apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
        -o DPkg::Use-Pty=0 "$@"; } </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "apt-get could not install the packages; all that it said is in $log" >&2
        return 1
    fi
    rm -f "$log"
}

if [ "${1-}" = --install ]; then # as root
    shift
    install "$@"
    exit
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This machine has no apt-get. Install the equivalents of these Debian packages by its own means: $*" >&2
    exit 1
fi

mapfile -t missing < <(missing_of "$@")
if [ "${#missing[@]}" -eq 0 ]; then
    exit 0
fi

echo "Installing ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
    bash "$0" --install "${missing[@]}"
elif command -v sudo >/dev/null; then
    sudo bash "$0" --install "${missing[@]}"
else
    echo "This needs root: run as root, or install sudo, or install these Debian packages: ${missing[*]}" >&2
    exit 1
fi

if [ -d /run/systemd/system ] && printf '%s\n' "${missing[@]}" | grep -qx nginx; then
    echo "nginx is installed and was not started. Debian starts it when the machine starts;" \
        "'systemctl disable nginx' prevents that."
fi
