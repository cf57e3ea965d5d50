#!/usr/bin/env bash
# check-release.sh VERSION
# Checks that what names the version and its date names the same ones, that the manual pages are well formed, and that
# the module's own names the directives and variables that the documents have.
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

same_names() { # document, its names, those of the manual
    local others
    others=$(comm -3 <(sort <<<"$2") <(sort <<<"$3") | xargs)
    [ -z "$others" ] || complain "$manual" "other names than in $1 ($others)" "the same"
}

# A test compares the documents with the code.
same_names docs/directives.md "$(sed -n 's/^## \(aep_[a-z_]*\)$/\1/p' docs/directives.md)" \
    "$(sed -n 's/^\.It Ic \(aep_[a-z_]*\).*/\1/p' "$manual")"
same_names docs/variables.md "$(sed -n 's/^## \$\(aep_[a-z_]*\)$/\1/p' docs/variables.md)" \
    "$(sed -n 's/^\.It Va \$\(aep_[a-z_]*\).*/\1/p' "$manual")"

exit "$failed"
