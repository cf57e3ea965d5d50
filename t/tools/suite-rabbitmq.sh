#!/usr/bin/env bash
# suite-rabbitmq.sh DIRECTORY SUITE
# Unpacks RabbitMQ of another suite of Debian into DIRECTORY, with all that it needs: Erlang's programs start with that
# suite's C library. Nothing is installed. t/tools/rabbitmq.sh runs it with RABBITMQ_TREE=DIRECTORY.
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

cd "$directory"
root=$PWD
loader=$(find "$root/usr/lib" -maxdepth 2 -name 'ld-linux*.so.*' | head -n 1)
for program in usr/lib/erlang/erts-*/bin/* usr/lib/erlang/lib/*/priv/bin/*; do
    if [ -f "$program" ] && [ "$(head -c 4 "$program")" = $'\177ELF' ]; then
        mv "$program" "$program.elf"
        cat >"$program" <<PROGRAM
#!/bin/sh
exec "$loader" --library-path "${loader%/*}" --argv0 "\$0" "$root/$program.elf" "\$@"
PROGRAM
        chmod +x "$program"
    fi
done
sed -i "s,/usr/lib/erlang,$root&,g" usr/lib/erlang/bin/erl usr/lib/erlang/erts-*/bin/erl
touch complete
