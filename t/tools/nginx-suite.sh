#!/usr/bin/env bash
# nginx-suite.sh NGINX MODULE DIRECTORY [FILE...]
# Runs nginx's own tests (the repository nginx-tests, in DIRECTORY) with nginx alone and with the module on in every http
# server, and names the files that do not give the same result. FILE is one of them, such as range.t; all of them else.
set -euo pipefail

nginx=$1
module=$(realpath "$2")
suite=$3
shift 3
if [ ! -e "$suite/lib/Test/Nginx.pm" ]; then
    echo "There are no tests of nginx's in '$suite': say 'make test-nginx-suite NGINX_TESTS=<directory>'." >&2
    exit 1
fi

results=$(realpath -m build/nginx-suite)
tool=$(realpath "$(dirname "$0")")/with_module.pl
rm -rf "$results"

# The tests' directories are their user's alone.
if [ "$(id -u)" -eq 0 ]; then
    export TEST_NGINX_GLOBALS="user root; ${TEST_NGINX_GLOBALS-}"
fi

# Debian keeps modules elsewhere than beside the program.
export TEST_NGINX_MODULES=${TEST_NGINX_MODULES:-/usr/lib/nginx/modules}

program() { # the name of a run, the module
    mkdir -p "$results/$1"
    cat >"$results/$1/nginx" <<PROGRAM
#!/bin/sh
exec perl "$tool" "$nginx" "$2" "\$@"
PROGRAM
    chmod 755 "$results/$1/nginx"
}
program alone ''
program module "$module"

if [ $# -eq 0 ]; then
    mapfile -t files < <(cd "$suite" && ls -- *.t)
else
    files=("$@")
fi

# What a test file says: the number of each test and whether it is good, and how it ended.
# shellcheck disable=SC2016 # the inner shell's
run() { # the name of a run, files
    local name=$1
    shift
    printf '%s\n' "$@" | (cd "$suite" && TEST_NGINX_BINARY=$results/$name/nginx xargs -P "${JOBS:-2}" -I{} sh -c \
        'timeout 180 perl "$1" >"$2/$1.log" 2>"$2/$1.err"; echo "exit $?" >>"$2/$1.log"' _ {} "$results/$name") || true
    local file
    for file in "$@"; do
        sed -n -E 's/^((not )?ok [0-9]+).*( # (TODO|skip)).*/\1\3/p; t; s/^((not )?ok [0-9]+|1\.\.[0-9]+|exit [0-9]+).*/\1/p' \
            "$results/$name/$file.log" >"$results/$name/$file.result"
    done
}

differing() { # files
    local file
    for file in "$@"; do
        cmp -s "$results/alone/$file.result" "$results/module/$file.result" || echo "$file"
    done
}

both() {
    run alone "$@"
    run module "$@"
}

both "${files[@]}"
mapfile -t different < <(differing "${files[@]}")
if [ ${#different[@]} -ne 0 ]; then
    # Some of nginx's tests measure time: a second look, one after the other.
    JOBS=1 both "${different[@]}"
    mapfile -t different < <(differing "${different[@]}")
fi

echo "$((${#files[@]} - ${#different[@]})) of ${#files[@]} files give the same result with the module"
for file in "${different[@]}"; do
    echo "$file:"
    diff "$results/alone/$file.result" "$results/module/$file.result" || true
done
[ ${#different[@]} -eq 0 ]
