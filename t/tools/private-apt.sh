# shellcheck shell=bash
# For other scripts to source: packages of another suite of Debian, of which the machine's own apt never learns.

# private_apt DIRECTORY SUITE [TYPE]
# Of deb packages, or of deb-src. Makes DIRECTORY/apt.conf and reads the suite's list. `APT_CONFIG=DIRECTORY/apt.conf apt-get ...` then sees that suite
# alone, checked by Debian's keyring, and no package as installed. The lists of a whole suite are large: the caller
# removes DIRECTORY when it has what it wants.
private_apt() {
    local apt uri
    uri=$(debian_mirror)
    if [ -z "$uri" ]; then
        echo "apt knows no mirror of Debian: run 'apt-get update' first." >&2
        return 1
    fi
    mkdir -p "$1"/{lists/partial,cache/archives/partial,parts}
    apt=$(cd "$1" && pwd)
    : >"$apt/status"
    printf '%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "${3:-deb}" "$uri" "$2" \
        >"$apt/sources.list"
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "$apt/parts";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "$apt/parts";
Dir::State::Lists "$apt/lists";
Dir::State::Status "$apt/status";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "3";
# A mirror that has stood still for a while is still signed.
Acquire::Check-Valid-Until "false";
APT::Sandbox::User "root";
CONF
    APT_CONFIG=$apt/apt.conf apt-get update -qq
}

# The mirror of Debian's main archive, in apt's own reading of its sources.
debian_mirror() {
    # shellcheck disable=SC2016 # the names are apt's
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" { print $2; exit }'
}
