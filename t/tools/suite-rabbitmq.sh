#!/usr/bin/env bash
# suite-rabbitmq.sh DIRECTORY SUITE
# Unpacks RabbitMQ of another suite of Debian into DIRECTORY, with all that it needs to run there: Erlang and the C
# library too, which t/tools/rabbitmq.sh uses then. Nothing is installed.
set -euo pipefail

# shellcheck source=t/tools/private-apt.sh
. "$(dirname "$0")/private-apt.sh"

directory=$1
[ ! -e "$directory/complete" ] || exit 0
mkdir -p "$directory"
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
private_apt "$apt" "$2"
export APT_CONFIG=$apt/apt.conf
apt-get install -qq --yes --no-install-recommends --download-only -o Debug::NoLocking=true rabbitmq-server libc6
for package in "$apt"/cache/archives/*.deb; do
    # Not dpkg -x: where the package has a directory, the tree may have a link to it.
    dpkg-deb --fsys-tarfile "$package" | tar --extract --directory "$directory" --keep-directory-symlink
done
touch "$directory/complete"
