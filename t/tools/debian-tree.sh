# shellcheck shell=bash
# For other scripts to source: clean trees of Debian, and commands in them.

# shellcheck source-path=SCRIPTDIR source=private-apt.sh
. "$(dirname "${BASH_SOURCE[0]}")/private-apt.sh"

# The program, unpacked, where it is not installed.
run_debootstrap() {
    local programs=$PWD/build/deps/debootstrap
    if command -v debootstrap >/dev/null; then
        debootstrap "$@"
        return
    fi
    if [ ! -d "$programs" ]; then
        mkdir -p "$programs"
        (cd "$programs" && apt-get download -qq -o APT::Sandbox::User=root debootstrap &&
            dpkg -x debootstrap_*.deb . && rm debootstrap_*.deb)
    fi
    DEBOOTSTRAP_DIR=$programs/usr/share/debootstrap "$programs/usr/sbin/debootstrap" "$@"
}

# make_tree SUITE TREE PACKAGE,PACKAGE
# A tree of the suite, once. What the machine has for reaching mirrors (its certificates and names) it gets, too.
make_tree() {
    local mirror log=$2.log
    [ ! -e "$2/complete" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "A tree of Debian can be made by root only: run this as root." >&2
        return 1
    fi
    rm -rf --one-file-system "$2"
    mirror=$(debian_mirror)
    mkdir -p "$(dirname "$2")"
    run_debootstrap --variant=minbase --include="$3" --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
        "$1" "$2" "$mirror" >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        return 1
    }
    mkdir -p "$2/usr/local/share/ca-certificates"
    cp -r /usr/local/share/ca-certificates/. "$2/usr/local/share/ca-certificates/"
    cp -L /etc/resolv.conf /etc/hosts "$2/etc/"
    inside "$2" 'update-ca-certificates >/dev/null 2>&1'
    touch "$2/complete"
}

# inside TREE COMMAND
# A command of the shell; processes, mounts and what they leave end with it.
inside() {
    # shellcheck disable=SC2016 # it is the inner shell's
    unshare --mount --pid --fork --kill-child sh -c '
        mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs -o mode=1777 tmp "$0/dev/shm" &&
        exec chroot "$0" /usr/bin/env -i HOME=/srv TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            sh -c "$1"' "$1" "$2"
}
