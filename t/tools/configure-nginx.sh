#!/usr/bin/env bash
# configure-nginx.sh NGINX SOURCE DIRECTORY MODULE
# Runs nginx's configure in SOURCE with the options of the program NGINX that shape its structures, for the module
# in the directory MODULE. DIRECTORY gets ngx_auto_config.h and the table of the module.
set -euo pipefail

nginx=$1
source=$2
directory=$3
module=$4

# Everything static but what needs libraries that our module does not.
mapfile -t options < <("$nginx" -V 2>&1 | tr ' ' '\n' |
    grep -E '^--with-(compat|debug|threads|pcre|pcre-jit|http_[a-z0-9_]+_module)$' |
    grep -vE '_(geoip|image_filter|perl|xslt)_module$')

configure=configure
[ -x "$source/configure" ] || configure=auto/configure
log=$directory/configure.log

mkdir -p "$directory"
if ! (cd "$source" && "./$configure" --builddir="$directory" --with-cc="${CC:-cc}" "${options[@]}" \
    --add-dynamic-module="$module") >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "nginx's configure failed; all that it said is in $log." \
        "A compiler or library that is missing comes with 'make deps'." >&2
    exit 1
fi
