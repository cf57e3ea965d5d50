#!/usr/bin/env bash
# configure-nginx.sh NGINX SOURCE DIRECTORY MODULE
# Runs nginx's configure in SOURCE with the options of the program NGINX that shape its structures, and its paths, for
# the module in the directory MODULE. DIRECTORY gets ngx_auto_config.h and the table of the module.
set -euo pipefail

nginx=$1
source=$2
directory=$3
module=$4

# What nginx was built with, an option each line; values may be quoted.
configured() { "$nginx" -V 2>&1 | sed -n 's/^configure arguments: *//p' | xargs printf '%s\n'; }

# Paths, what is left out, and what is not, all of it static: but for what needs libraries that our module does not,
# what brings modules along, and how the program itself was compiled.
mapfile -t options < <(configured |
    grep -E -e '^--(prefix|user|group|build|[a-z-]+-path)=' -e '^--without-' \
        -e '^--with-(compat|debug|threads|file-aio|(select|poll)_module|libatomic|pcre|pcre-jit)$' \
        -e '^--with-(http_[a-z0-9_]+_module|(mail|stream)(=dynamic|_[a-z0-9_]+_module)?)$' |
    grep -vE '_(geoip|image_filter|perl|xslt)_module$')

# Macros of nginx's own that stand in its compiler's options: ours never see those.
define_macros() {
    local word
    configured | sed -n 's/^--with-cc-opt=//p' | xargs -n 1 | grep -E '^-DNGX_' | while read -r word; do
        word=${word#-D}
        printf '\n#ifndef %s\n#define %s %s\n#endif\n' "${word%%=*}" "${word%%=*}" "${word#"${word%%=*}"}" |
            sed 's/^\(#define [^ ]*\) $/\1 1/; s/^\(#define [^ ]*\) =/\1 /'
    done || true
}

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
define_macros >>"$directory/ngx_auto_config.h"
