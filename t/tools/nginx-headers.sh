#!/usr/bin/env bash
# nginx-headers.sh NGINX DIRECTORY
# Makes DIRECTORY/src the source tree (configure and headers) that belongs to the program NGINX: that of Debian's
# package nginx-dev, installed, or else unpacked into DIRECTORY without the forty packages that it depends on.
set -euo pipefail

nginx=$1
directory=$2
version=$("$nginx" -v 2>&1 | sed -n 's,^nginx version: [^/]*/\([0-9.]*\).*,\1,p')

has_version() { grep -qs "define NGINX_VERSION *\"$version\"" "$1/src/core/nginx.h"; }

unpack_from_debian() {
    local package
    package=$(dpkg-query -W -f '${Version}' nginx-common 2>/dev/null) || return 1
    (
        cd "$directory"
        # The installed version, or where the archive has moved on since, the one that it has now.
        apt-get download -qq -o APT::Sandbox::User=root "nginx-dev=$package" 2>/dev/null ||
            apt-get download -qq -o APT::Sandbox::User=root nginx-dev
        dpkg -x nginx-dev_*.deb nginx-dev
        rm nginx-dev_*.deb
    )
}

mkdir -p "$directory"
installed=/usr/share/nginx/src
unpacked=$directory/nginx-dev/usr/share/nginx/src

if has_version "$installed"; then
    ln -sfn "$installed" "$directory/src"
elif has_version "$unpacked" || { unpack_from_debian && has_version "$unpacked"; }; then
    ln -sfn nginx-dev/usr/share/nginx/src "$directory/src"
else
    echo "No headers for $nginx, version $version: Debian's nginx-dev cannot be had or has another version." \
        "Run 'make deps', or unpack nginx's source of that version and say 'make NGX_SRC=<its directory>'." >&2
    exit 1
fi
