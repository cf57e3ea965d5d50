#!/usr/bin/env bash
# install.sh install|uninstall NGINX MODULE [SECOND_MODULE]
# Puts the modules and their configuration where the program NGINX looks for them, below $DESTDIR.
# $MODULES_PATH and $CONF_PATH (nginx.conf's directory) stand in for what nginx says of itself; programs, manual pages,
# documents and examples go below $PREFIX, with a list of them, which is what uninstall removes.
set -euo pipefail

action=$1
nginx=$2
module=$3
second=${4-}
destination=${DESTDIR-}
debian_modules=/usr/share/nginx/modules-available
debian_module=$debian_modules/mod-http-aep.conf
debian_link=/etc/nginx/modules-enabled/70-mod-http-aep.conf
debian_second=$debian_modules/mod-http-aep-amqp.conf
debian_second_link=/etc/nginx/modules-enabled/71-mod-http-aep-amqp.conf

# A path that nginx was configured with: `nginx -V` names it, relative ones are below its prefix.
configured() {
    local options prefix path
    options=$("$nginx" -V 2>&1 | tr ' ' '\n')
    prefix=$(sed -n 's/^--prefix=//p' <<<"$options")
    path=$(sed -n "s/^--$1=//p" <<<"$options")
    path=${path:-$2}
    case $path in
        /*) echo "$path" ;;
        *) echo "${prefix:-/usr/local/nginx}/$path" ;;
    esac
}

modules=${MODULES_PATH:-$(configured modules-path modules)}
conf=${CONF_PATH:-$(dirname "$(configured conf-path conf/nginx.conf)")}
name=$(basename "$module")
prefix=${PREFIX:-/usr/local}
documents=$prefix/share/doc/ngx_aep
list=$documents/installed

# As nginx does with nginx.conf: what the operator may have changed is left alone, the new text lies beside it.
install_website() {
    local target=$destination$conf/aep/website.inc
    install -D -m 644 conf.d/aep_website.inc "$target.default"
    [ -e "$target" ] || cp "$target.default" "$target"
}

uninstall_website() {
    local target=$destination$conf/aep/website.inc
    if cmp -s "$target" "$target.default"; then
        rm -f "$target"
    elif [ -e "$target" ]; then
        echo "$target was changed and stays."
    fi
    rm -f "$target.default"
    rmdir --ignore-fail-on-non-empty "$destination$conf/aep" 2>/dev/null || true
}

# Debian's modules come with a file that is linked into modules-enabled to load them.
is_debian() {
    [ -z "${MODULES_PATH-}${CONF_PATH-}" ] && [ "$conf" = /etc/nginx ] &&
        { [ -d "$destination/etc/nginx/modules-enabled" ] || [ -d /etc/nginx/modules-enabled ]; }
}

# As load_module names it: below its prefix, where nginx's packages have `modules` too, or by its whole path.
load_module() { echo "load_module ${MODULES_PATH:-modules}/$(basename "$1");"; }

# nginx maps a module; a file written over would change under a running nginx, a file renamed does not.
install_module() { # file, Debian's file that loads it
    local target
    target=$destination$modules/$(basename "$1")
    install -D -m 644 "$1" "$target.new"
    mv "$target.new" "$target"
    if is_debian; then
        mkdir -p "$destination$debian_modules"
        load_module "$1" >"$destination$2"
    fi
}

uninstall_module() { # file, Debian's file that loads it
    rm -f "$destination$modules/$(basename "$1")"
    if is_debian; then rm -f "$destination$2"; fi
}

refuse_where_loaded() { # link
    [ -e "$destination$1" ] || return 0
    echo "nginx still loads the module: remove $destination$1 first, or nginx will not start." >&2
    exit 1
}

install_file() { # mode, file, directory
    install -D -m "$1" -t "$destination$3" "$2"
    echo "$3/$(basename "$2")" >>"$destination$list"
}

uninstall_shared() {
    local file
    [ -e "$destination$list" ] || return 0
    while read -r file; do rm -f "$destination$file"; done <"$destination$list"
    rm "$destination$list"
    find "$destination$documents" -depth -type d -empty -delete
}

# The demo needs the sources, as do documents for those who change them.
install_shared() {
    local file
    uninstall_shared # that of another version
    install -D -m 644 /dev/null "$destination$list"
    for file in bin/aep-*; do install_file 755 "$file" "$prefix/bin"; done
    for file in docs/man/*.[1-8]; do install_file 644 "$file" "$prefix/share/man/man${file##*.}"; done
    for file in README.md SECURITY.md CHANGES; do install_file 644 "$file" "$documents"; done
    while read -r file; do install_file 644 "$file" "$documents/$(dirname "$file")"; done \
        < <(find docs conf.d -type f ! -path 'docs/man/*' ! -name 'demo*' | sort)
}

next_steps() {
    echo "Installed $destination$modules/$name and $destination$conf/aep/website.inc. Next:"
    if is_debian; then
        echo "  ln -s $debian_module $debian_link"
    else
        echo "  $conf/nginx.conf, first line:    $(load_module "$module")"
    fi
    if [ -n "$second" ]; then
        echo "  for a queue in RabbitMQ only:"
        if is_debian; then
            echo "  ln -s $debian_second $debian_second_link"
        else
            echo "  $conf/nginx.conf, second line:   $(load_module "$second")"
        fi
    fi
    echo "  in http { }:     aep_organization_id  <organization ID>;"
    echo "  in server { }:   aep_datastream_id  <datastream ID>;"
    echo "                   include aep/website.inc;"
    echo "  $nginx -t && $nginx -s reload"
    echo "Documents and examples are in $destination$documents. An nginx that has run with the module already goes on with"
    echo "its former file, also after a reload, until it is started again or upgraded in place (signals USR2, QUIT)."
}

case $action in
    install)
        install_module "$module" "$debian_module"
        if [ -n "$second" ]; then install_module "$second" "$debian_second"; fi
        install_website
        install_shared
        next_steps
        ;;
    uninstall)
        refuse_where_loaded "$debian_link"
        refuse_where_loaded "$debian_second_link"
        uninstall_module "$module" "$debian_module"
        if [ -n "$second" ]; then uninstall_module "$second" "$debian_second"; fi
        uninstall_website
        uninstall_shared
        ;;
    *)
        echo "usage: install.sh install|uninstall NGINX MODULE [SECOND_MODULE]" >&2
        exit 1
        ;;
esac
