#!/usr/bin/env bash
# test-versions.sh BUILD SUITE... -- TEST...
# Builds the module for the nginx of other suites of Debian, and runs tests with it. BUILD is what `make` has built for
# this machine's nginx; `make` is $MAKE. A suite that cannot be had, or has the nginx of an earlier one, is left out. The
# "suite" nginx.org is nginx as its makers build it.
set -euo pipefail

# `make -n` runs what calls make, this script too. Its options of one letter are the first word.
flags=${MAKEFLAGS-}
case ${flags%% *} in -*) ;; *n*) exit 0 ;; esac

build=$1
shift
suites=()
while [ "$1" != -- ]; do
    suites+=("$1")
    shift
done
shift
tests=("$@")
summary=()
versions=()
failed=0

# What knows no nginx is the same for all: three quarters of the objects.
take_over_objects() { # into a directory
    local list object
    while read -r list; do
        object=${list#"$build"/}
        object=${object%.d}.o
        mkdir -p "$1/$(dirname "$object")"
        cp -u "$build/$object" "$1/$object"
    done < <(grep -rL --include='*.d' ngx/ngx.hpp "$build/src" "$build/sdk")
}

build_module() { # for the nginx in a directory
    local command=("$MAKE" --no-print-directory NGINX="$PWD/$1/bin/nginx" NGX_SRC="$PWD/$1/src" OUT="$1/build")
    "${command[@]}" configured # first: what is older than that is compiled again
    take_over_objects "$1/build"
    "${command[@]}" all
}

run_tests() {
    PATH=$PWD/$1/bin:$PATH AEP_BUILD=$1/build TEST_NGINX_BINARY=$PWD/$1/bin/nginx \
        prove --jobs "${JOBS:-2}" -I t/lib -I build/deps/test-nginx/usr/share/perl5 "${tests[@]}"
}

put_nginx() { # into a directory, of a suite
    if [ "$2" = nginx.org ]; then
        t/tools/vendor-nginx.sh "$1" trixie
    else
        t/tools/suite-nginx.sh "$1" "$2"
    fi
}

try_suite() {
    local directory=build/suites/$1 began=$SECONDS result=ok version
    if ! put_nginx "$directory" "$1"; then
        summary+=("skipped  $1: its nginx cannot be had")
        return
    fi
    version=$("$directory/bin/nginx" -v 2>&1 | sed 's,.*/,,')
    [ "$1" != nginx.org ] || version+=" as its makers build it"
    if [[ " ${versions[*]-} " = *" $version "* ]]; then
        summary+=("skipped  $1: nginx $version as before")
        return
    fi
    versions+=("$version")
    printf '\n== nginx %s of %s\n' "$version" "$1"
    if ! { build_module "$directory" && run_tests "$directory"; }; then
        result=FAILED
        failed=1
    fi
    summary+=("$(printf '%-8s %s: nginx %s, %d s' "$result" "$1" "$version" "$((SECONDS - began))")")
}

for suite in "${suites[@]}"; do
    try_suite "$suite"
done

printf '\n'
printf '%s\n' "${summary[@]}"
if [ "${#versions[@]}" -eq 0 ]; then
    echo "There was no other nginx to try: is Debian's mirror reachable?" >&2
    exit 1
fi
exit "$failed"
