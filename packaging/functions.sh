# shellcheck shell=bash
# What packaging/run and packaging/test share. They source it from the top folder of the sources.

say() { printf '• %s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# The packages of the groups named by the arguments.
packages_of() {
    local name group why
    while read -r name group why; do
        if [[ " $* " == *" $group "* && -n "$why" ]]; then
            printf '%s\n' "$name"
        fi
    done < <(grep -v '^#' packaging/packages)
}

# Installs what is missing of the groups named by the arguments; needs neither rights nor network when nothing is.
install_packages() {
    # shellcheck source=/dev/null
    . /etc/os-release 2>/dev/null || true
    if [ "${ID:-}" != debian ] || [ "${VERSION_ID:-}" != 12 ]; then
        fail "this system is ${PRETTY_NAME:-unknown}, but the package names are those of Debian 12;" \
            "install what packaging/packages lists under this system's names, then run" \
            "'cmake --preset release && cmake --build --preset release'."
    fi

    local package missing=()
    for package in $(packages_of "$@"); do
        if ! dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed; then
            missing+=("$package")
        fi
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "All needed Debian packages are there."
        return
    fi

    local install=(apt-get install -y --no-install-recommends "${missing[@]}")
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        fail "Debian packages are missing, and installing them needs root's rights;" \
            "as root, run 'apt-get update && ${install[*]}', then start this again."
    fi
    say "Installing Debian packages, and what they need: ${missing[*]}"
    local log options=(-qq -o DPkg::Lock::Timeout=300)
    log=$(mktemp)
    # A source that cannot be refreshed is no failure as long as the packages can be had.
    as_root apt-get update "${options[@]}" >"$log" 2>&1 || true
    if ! as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}" "${options[@]}" >>"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "Debian's package manager could not install them, for the reason above; check the network connection," \
            "/etc/apt/sources.list and your right to use sudo, then start this again."
    fi
    rm -f "$log"
}

# How many compilers may run side by side: one a core, each with 1.5 GB of free memory.
build_jobs() {
    local memory jobs
    memory=$(($(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo) / 1500000))
    jobs=$(nproc)
    if [ "$memory" -lt "$jobs" ]; then
        jobs=$memory
    fi
    echo $((jobs > 1 ? jobs : 1))
}

# Configures and builds the preset $1; further arguments go to the configuration.
build() {
    local preset=$1
    shift
    say "Building the preset $preset in build/$preset."
    cmake --preset "$preset" --log-level=WARNING "$@" >/dev/null
    cmake --build --preset "$preset" --parallel "$(build_jobs)"
}
