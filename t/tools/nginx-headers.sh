#!/usr/bin/env bash
# nginx-headers.sh NGINX DIRECTORY
# Makes DIRECTORY/src the source tree (configure and headers) that belongs to the program NGINX: that of Debian's
# package nginx-dev, installed, or else unpacked into DIRECTORY without the forty packages that it depends on. Only that
# of the very version of the package that the program is of: Debian's patches change structures, and nginx's own
# packages of the same version do not have them.
set -euo pipefail

nginx=$1
directory=$2
package=$(t/tools/nginx-package.sh "$nginx")

fail() {
    echo "$*" "unpack the source that $nginx was built from and say 'make NGX_SRC=<its directory>'." >&2
    exit 1
}

[ -n "$package" ] || fail "$nginx is of no Debian package, which could have its headers:"

mkdir -p "$directory"
if [ "$(dpkg-query -W -f '${source:Version}' nginx-dev 2>/dev/null)" = "$package" ] &&
    [ -d /usr/share/nginx/src/src/core ]; then
    ln -sfn /usr/share/nginx/src "$directory/src"
    exit
fi

cd "$directory"
if ! apt-get download -qq -o APT::Sandbox::User=root "nginx-dev=$package" 2>download.log; then
    offered=$(apt-cache policy nginx-dev 2>/dev/null | sed -n 's/^  Candidate: //p')
    fail "$nginx is of the package version $package, whose headers (nginx-dev) cannot be had from apt's sources:" \
        "they have ${offered:-none}. Run 'apt-get update', bring nginx up to date and make again, or"
fi
dpkg -x nginx-dev_*.deb nginx-dev
rm nginx-dev_*.deb download.log
ln -sfn nginx-dev/usr/share/nginx/src src
