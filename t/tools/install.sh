#!/usr/bin/env bash
# install.sh install|uninstall NGINX MODULE
# Puts the module and its configuration where the program NGINX looks for them, below $DESTDIR.
# $MODULES_PATH and $CONF_PATH (nginx.conf's directory) stand in for what nginx says of itself; programs go into
# $PREFIX/bin.
set -euo pipefail

action=$1
nginx=$2
module=$3
destination=${DESTDIR-}
debian_modules=/usr/share/nginx/modules-available
debian_module=$debian_modules/mod-http-aep.conf
debian_link=/etc/nginx/modules-enabled/70-mod-http-aep.conf

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
programs=${PREFIX:-/usr/local}/bin

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
load_module() { echo "load_module ${MODULES_PATH:-modules}/$name;"; }

# nginx maps the module; a file written over would change under a running nginx, a file renamed does not.
install_module() {
    install -D -m 644 "$module" "$destination$modules/$name.new"
    mv "$destination$modules/$name.new" "$destination$modules/$name"
    if is_debian; then
        mkdir -p "$destination$debian_modules"
        load_module >"$destination$debian_module"
    fi
}

install_programs() { install -D -m 755 -t "$destination$programs" bin/aep-*; }

uninstall_programs() {
    local program
    for program in bin/aep-*; do rm -f "$destination$programs/$(basename "$program")"; done
}

next_steps() {
    echo "Installed $destination$modules/$name and $destination$conf/aep/website.inc. Next:"
    if is_debian; then
        echo "  ln -s $debian_module $debian_link"
    else
        echo "  $conf/nginx.conf, first line:    $(load_module)"
    fi
    echo "  in http { }:     aep_organization_id  <organization ID>;"
    echo "  in server { }:   aep_datastream_id  <datastream ID>;"
    echo "                   include aep/website.inc;"
    echo "  $nginx -t && $nginx -s reload"
}

case $action in
    install)
        install_module
        install_website
        install_programs
        next_steps
        ;;
    uninstall)
        if [ -e "$destination$debian_link" ]; then
            echo "nginx still loads the module: remove $destination$debian_link first, or nginx will not start." >&2
            exit 1
        fi
        rm -f "$destination$modules/$name"
        if is_debian; then rm -f "$destination$debian_module"; fi
        uninstall_website
        uninstall_programs
        ;;
    *)
        echo "usage: install.sh install|uninstall NGINX MODULE" >&2
        exit 1
        ;;
esac
