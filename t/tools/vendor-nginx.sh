#!/usr/bin/env bash
# vendor-nginx.sh DIRECTORY SUITE
# Compiles nginx in DIRECTORY as its makers do for their own packages, from the source of a suite of Debian without
# Debian's changes: with other modules, and another layout of nginx's structures. Only the paths are DIRECTORY's. As for
# other suites, DIRECTORY/bin has the program, and DIRECTORY/src its headers.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=private-apt.sh
. "$(dirname "$0")/private-apt.sh"

suite=$2
mkdir -p "$1"
cd "$1"
directory=$PWD

# What `nginx -V` of these packages (1.28, Debian 12) says, but for its paths.
options=(--with-compat --with-file-aio --with-threads)
for module in addition auth_request dav flv gunzip gzip_static mp4 random_index realip secure_link slice ssl stub_status \
    sub v2 v3; do
    options+=("--with-http_${module}_module")
done
options+=(--with-mail --with-mail_ssl_module --with-stream --with-stream_realip_module --with-stream_ssl_module
    --with-stream_ssl_preread_module)

paths() {
    local kind
    printf -- '--%s\n' "prefix=$directory/etc" "sbin-path=$directory/bin/nginx" "modules-path=$directory/modules" \
        "conf-path=$directory/etc/nginx.conf" "error-log-path=$directory/log/error.log" \
        "http-log-path=$directory/log/access.log" "pid-path=$directory/run/nginx.pid" \
        "lock-path=$directory/run/nginx.lock"
    for kind in client-body proxy fastcgi uwsgi scgi; do
        printf -- '--http-%s-temp-path=%s\n' "$kind" "$directory/cache/$kind"
    done
}

fetch() {
    private_apt apt "$suite" deb-src &&
        (cd apt && APT_CONFIG=$directory/apt/apt.conf apt-get source -qq --download-only --tar-only nginx) &&
        mkdir src && tar -xf apt/nginx_*.orig.tar.* -C src --strip-components=1
}

compile() {
    cd src
    [ -x configure ] || ln -s auto/configure configure
    ./configure --builddir="$directory/objs" "${options[@]}" --with-ld-opt='-Wl,-z,relro -Wl,-z,now -Wl,--as-needed -pie' \
        --with-cc-opt='-g -O2 -fstack-protector-strong -fPIC'
    make -f "$directory/objs/Makefile" -j "${JOBS:-2}"
}

if [ ! -e complete ]; then
    rm -rf apt src objs bin
    mkdir -p bin etc log run cache
    fetch >apt.log 2>&1 || { tail -n 3 apt.log >&2; exit 1; }
    rm -rf apt apt.log
    mapfile -t -O "${#options[@]}" options < <(paths)
    (compile) >build.log 2>&1 || { tail -n 3 build.log >&2; exit 1; }
    cp objs/nginx bin/nginx
    bin/nginx -v
    touch complete
fi
