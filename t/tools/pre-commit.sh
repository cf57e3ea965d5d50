#!/usr/bin/env bash
# pre-commit.sh
# The quick part of `make lint`, for the files that are about to be committed, as they are in the working tree.
# pre-commit.sh install
# Has git call it before each commit: `make hooks`.
set -euo pipefail

cd "$(dirname "$0")/../.."

install_hook() {
    local hooks hook
    hooks=$(git rev-parse --git-path hooks)
    hook=$hooks/pre-commit
    if [ -e "$hook" ] && ! grep -qs t/tools/pre-commit.sh "$hook"; then
        echo "$hook is there already and is not ours: add a line to it that calls t/tools/pre-commit.sh." >&2
        exit 1
    fi
    mkdir -p "$hooks"
    # A branch of before has no such script.
    printf '#!/bin/sh\n[ ! -x t/tools/pre-commit.sh ] || exec t/tools/pre-commit.sh\n' > "$hook"
    chmod +x "$hook"
    echo "$hook now checks what you commit: clang-format, eslint and shellcheck on the files of the commit, and the" \
        "order of the house. 'git commit --no-verify' does without, 'rm $hook' removes it."
}

case ${1-} in
    install)
        install_hook
        exit
        ;;
esac

eslint=t/tools/node_modules/.bin/eslint
failed=0

staged() { # files of the commit that match one of the patterns
    git diff --cached --name-only --diff-filter=ACMR -z -- "$@"
}

has() { # a program, or a note that it is missing
    command -v "$1" >/dev/null || {
        echo "pre-commit: $1 is missing, so its part is left out: 'make lint' installs it." >&2
        return 1
    }
}

check() { # a program with its options, and -- before the patterns
    local command=() files=()
    while [ "$1" != -- ]; do
        command+=("$1")
        shift
    done
    shift
    mapfile -d '' -t files < <(staged "$@")
    [ "${#files[@]}" -gt 0 ] || return 0
    has "${command[0]}" || return 0
    "${command[@]}" "${files[@]}" || failed=1
}

check clang-format --dry-run -Werror -- '*.cpp' '*.hpp'
check "$eslint" --config t/tools/eslint.config.mjs --max-warnings 0 -- 'src/*.js' 'src/*.mjs' 't/*.js' 't/*.mjs'
check shellcheck -- '*.sh' .ci/run config config.make
if has node; then
    node t/tools/check-house.mjs || failed=1
fi
if [ "$failed" -ne 0 ]; then
    echo "pre-commit: the lines above keep this commit out. 'make format' mends what is only a matter of form." >&2
fi
exit "$failed"
