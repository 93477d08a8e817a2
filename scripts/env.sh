# shellcheck shell=bash
# Sourced by the scripts beside it: where things are, and the few helpers that they share.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# All that setup fetches or builds stays under target/; the machine's own Postgres and ~/.pgrx are left alone.
export PGRX_HOME="$ROOT/target/pgrx"

# What setup had to install by itself comes first.
export PATH="$ROOT/target/tools/bin:$PATH"

# The version of cargo-pgrx must be the very one of the library in Cargo.toml.
# shellcheck disable=SC2034  # read by the scripts that source this file
PGRX_VERSION=0.18.1

# The major version to work with: Debian's own, unless PG says otherwise.
if [ -z "${PG:-}" ]; then
    case "$(cat /etc/debian_version 2>/dev/null || true)" in
        13* | trixie*) PG=17 ;;
        14* | forky* | sid*) PG=18 ;;
        *) PG=15 ;;
    esac
fi

say() {
    if [ -t 2 ]; then printf '\033[1m==> %s\033[0m\n' "$*" >&2; else printf '==> %s\n' "$*" >&2; fi
}

die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    for hint in "$@"; do printf '    %s\n' "$hint" >&2; done
    exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# Fails unless $1 is a major version that the extension supports.
check_major() {
    case "$1" in
        15 | 16 | 17 | 18) ;;
        *) die "unsupported Postgres version \"$1\"" "supported are 15, 16, 17 and 18" ;;
    esac
}

# Prints the path of the pg_config of the private tree of major version $1, or fails when there is none.
# A copy of Debian's packages keeps Debian's layout, one that was built here has a bin/ at its top.
private_pg_config() {
    local candidate
    for candidate in "$ROOT/target/pg/$1/lib/postgresql/$1/bin/pg_config" "$ROOT/target/pg/$1/bin/pg_config"; do
        if [ -x "$candidate" ]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# Prints the directory of the programs (initdb, pg_ctl, psql ...) of the private tree of major version $1.
private_bin() {
    local config
    config=$(private_pg_config "$1") || die "there is no private Postgres $1 yet" "run: scripts/setup $1"
    printf '%s\n' "${config%/*}"
}

# Prints the major version that the pg_config $1 belongs to.
major_of() {
    local version
    version=$("$1" --version) || die "cannot run \"$1\""
    version=${version#PostgreSQL }
    printf '%s\n' "${version%%[!0-9]*}"
}

# Prints those of the Debian packages $@ that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed' || printf '%s\n' "$package"
    done
}

# Installs those of the Debian packages $@ that are missing; without root it says what is to be installed.
# Elsewhere than on Debian they are taken for granted.
install_packages() {
    local missing
    command -v apt-get >/dev/null || return 0
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    is_root || die "packages are missing, and installing them takes root" \
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
    say "installing ${missing[*]}"
    mkdir -p "$ROOT/target"
    {
        apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"
    } >"$ROOT/target/apt.log" 2>&1 </dev/null || die "apt-get failed" "$(tail -n 10 "$ROOT/target/apt.log")"
}

# Makes plain cargo commands compile for major version $1: sets FEATURES, and CARGO_TARGET_DIR for all but the version
# that is the default feature, so that going from one to another compiles nothing twice.
select_version() {
    # shellcheck disable=SC2034  # read by the scripts that source this file
    FEATURES=()
    unset CARGO_TARGET_DIR
    if ! grep -qx "default = \[\"pg$1\"\]" "$ROOT/Cargo.toml"; then
        # shellcheck disable=SC2034
        FEATURES=(--no-default-features --features "pg$1")
        export CARGO_TARGET_DIR="$ROOT/target/build/$1"
    fi
}
