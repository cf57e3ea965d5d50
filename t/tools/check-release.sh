#!/usr/bin/env bash
# check-release.sh VERSION
# Checks that what names the version and its date names the same ones, that the manual pages are well formed, and that
# the module's own names all its directives and variables.
set -euo pipefail

version=$1
manual=docs/man/ngx_aep.7
failed=0

complain() { # where, what is there, what was expected
    echo "$1: $2, expected $3" >&2
    failed=1
}

expect() { # where, what is there, what was expected
    [ "$2" = "$3" ] || complain "$1" "\"$2\"" "\"$3\""
}

newest=$(grep -m1 '^Changes with ngx_aep ' CHANGES)
read -r _ _ _ changes_version changes_date <<<"$newest"
expect CHANGES "$changes_version" "$version"

expect debian/changelog "$(sed -n '1s/^[^(]*(\([^)]*\)).*/\1/p' debian/changelog)" "$version"
day=$(sed -n '/^ -- /{s/.*, *\([0-9]* [A-Z][a-z]* [0-9]*\) .*/\1/p;q}' debian/changelog)
expect "debian/changelog, date" "$(date -d "$day" +%F)" "$(date -d "$changes_date" +%F)"

for page in docs/man/*.[1-8]; do
    expect "$page, .Os" "$(sed -n 's/^\.Os //p' "$page")" "ngx_aep $version"
    expect "$page, .Dd" "$(date -d "$(sed -n 's/^\.Dd //p' "$page")" +%F)" "$(date -d "$changes_date" +%F)"
done
for program in bin/*; do
    [ -e "docs/man/$(basename "$program").1" ] || complain "$program" "no manual page" "docs/man/$(basename "$program").1"
done
mandoc -T lint -W warning docs/man/*.[1-8] >&2 || failed=1

names_in_code() { # the array in module.cpp
    sed -n "/^$1\\[\\] = {/,/^};/s/.*{unowned(\"\\(aep_[a-z_]*\\)\").*/\\1/p" src/module.cpp | sort
}
missing=$(comm -3 <(names_in_code 'ngx_command_t directives') \
    <(sed -n 's/^\.It Ic \(aep_[a-z_]*\).*/\1/p' "$manual" | sort) | xargs)
[ -z "$missing" ] || complain "$manual" "other directives than src/module.cpp ($missing)" "the same"
missing=$(comm -3 <(names_in_code 'ngx_http_variable_t variables') \
    <(sed -n 's/^\.It Va \$\(aep_[a-z_]*\).*/\1/p' "$manual" | sort) | xargs)
[ -z "$missing" ] || complain "$manual" "other variables than src/module.cpp ($missing)" "the same"

exit "$failed"
