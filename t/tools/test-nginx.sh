#!/usr/bin/env bash
# test-nginx.sh DIRECTORY
# Puts Test::Nginx into DIRECTORY. Debian has it in its development suite only; a private apt directory fetches it
# from there, checked by Debian's keyring, so that the machine's own apt never learns of that suite. Debian's modules
# that the tests load come unpacked as well: installed, they would join the machine's nginx.
set -euo pipefail

mkdir -p "$1"
cd "$1"
root=$PWD
apt=$root/apt
library=$root/usr/share/perl5

# The mirror of Debian's main archive, in apt's own reading of its sources.
mirror() {
    # shellcheck disable=SC2016 # the names are apt's
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" { print $2; exit }'
}

private_apt() {
    local uri
    uri=$(mirror)
    if [ -z "$uri" ]; then
        echo "apt knows no mirror of Debian: run 'apt-get update' first." >&2
        return 1
    fi
    mkdir -p "$apt"/{lists/partial,cache/archives/partial,parts}
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' "$uri" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "$apt/parts";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "$apt/parts";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "3";
APT::Sandbox::User "root";
CONF
    APT_CONFIG=$apt/apt.conf apt-get update -qq
    APT_CONFIG=$apt/apt.conf apt-get download -qq libtest-nginx-perl
    rm -rf "$apt" # the lists of a whole suite
}

unpack() {
    dpkg -x "$1"_*.deb .
    rm "$1"_*.deb
}

loads() { perl -I"$library" -MTest::Nginx::Socket -e 1 2>/dev/null; }

if ! loads; then
    private_apt
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
    for module in echo brotli-filter brotli-static headers-more-filter image-filter js subs-filter xslt-filter; do
        if [ ! -e "usr/share/doc/libnginx-mod-http-$module" ]; then
            apt-get download -qq -o APT::Sandbox::User=root "libnginx-mod-http-$module"
            unpack "libnginx-mod-http-$module"
        fi
    done
fi
