#!/usr/bin/env bash
# test-nginx.sh DIRECTORY
# Puts Test::Nginx into DIRECTORY. Debian has it in its development suite only; a private apt directory fetches it
# from there, checked by Debian's keyring, so that the machine's own apt never learns of that suite. Debian's modules
# that the tests load come unpacked as well: installed, they would join the machine's nginx. So do the files of /etc/nginx
# as Debian has them (DIRECTORY/etc/nginx): those of this machine are its operator's.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=private-apt.sh
. "$(dirname "$0")/private-apt.sh"

mkdir -p "$1"
cd "$1"
root=$PWD
library=$root/usr/share/perl5

unpack() {
    dpkg -x "$1"_*.deb .
    rm "$1"_*.deb
}

download() { apt-get download -qq -o APT::Sandbox::User=root "$@"; }

# Of the package that is installed, where apt's sources still have it.
configuration() {
    local version
    version=$(dpkg-query -W -f '${Version}' nginx-common)
    download "nginx-common=$version" 2>/dev/null || download nginx-common
    unpack nginx-common
}

loads() { perl -I"$library" -MTest::Nginx::Socket -e 1 2>/dev/null; }

if ! loads; then
    private_apt apt sid
    APT_CONFIG=$root/apt/apt.conf apt-get download -qq libtest-nginx-perl
    rm -rf apt
    unpack libtest-nginx-perl
fi
if ! loads; then
    perl -I"$library" -MTest::Nginx::Socket -e 1 || true
    echo "Test::Nginx does not load: the line above names what it misses." >&2
    exit 1
fi

# Only Debian's nginx can load Debian's modules. Of some of them the libraries may be missing: then they do not load,
# and the tests do without.
if dpkg-query -W nginx-common >/dev/null 2>&1; then
    [ -e etc/nginx/nginx.conf ] || configuration
    for module in echo brotli-filter brotli-static headers-more-filter image-filter js subs-filter xslt-filter; do
        if [ ! -e "usr/share/doc/libnginx-mod-http-$module" ]; then
            download "libnginx-mod-http-$module"
            unpack "libnginx-mod-http-$module"
        fi
    done
fi
