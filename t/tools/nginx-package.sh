#!/usr/bin/env bash
# nginx-package.sh NGINX
# Prints the version of Debian's source package that the program NGINX is of; nothing where it is of none.
set -euo pipefail

program=$(realpath "$(command -v "$1")")
owner=$(dpkg-query -S "$program" 2>/dev/null) || exit 0
dpkg-query -W -f '${source:Version}\n' "${owner%%:*}"
