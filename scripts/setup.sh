#!/usr/bin/env bash
# Installs what TAVSE builds and runs with, and says what is missing when it cannot. Safe to run again.
#
#   scripts/setup.sh            the system libraries
#   scripts/setup.sh --check    only look; exit 1 if something is missing
set -euo pipefail

minimum_swift="6.2"
debian_packages=(
    pkg-config libopenblas-dev libfftw3-dev libsndfile1-dev libsqlite3-dev libgsl-dev
    liblmdb-dev libturbojpeg0-dev libpng-dev libzip-dev
)
brew_packages=(pkg-config openblas fftw libsndfile sqlite gsl lmdb jpeg-turbo libpng libzip)

say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

check_swift() {
    if ! command -v swift >/dev/null 2>&1; then
        fail "no Swift toolchain on PATH. Install Swift $minimum_swift or later from https://www.swift.org/install and run this again."
    fi
    local version
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+(\.[0-9]+)?).*/\1/p' | head -n 1)
    if [ -z "$version" ]; then
        fail "'swift --version' did not name a version; TAVSE needs Swift $minimum_swift or later."
    fi
    if [ "$(printf '%s\n%s\n' "$minimum_swift" "$version" | sort -V | head -n 1)" != "$minimum_swift" ]; then
        fail "Swift $version is too old; TAVSE needs $minimum_swift or later (https://www.swift.org/install)."
    fi
}

missing_debian_packages() {
    local package
    for package in "${debian_packages[@]}"; do
        if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
            printf '%s\n' "$package"
        fi
    done
}

setup_debian() {
    local missing
    mapfile -t missing < <(missing_debian_packages)
    if [ "${#missing[@]}" -eq 0 ]; then return; fi
    if [ "${1:-}" = "--check" ]; then fail "missing Debian packages: ${missing[*]} (run: make setup)"; fi
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as_root=(sudo)
        else
            fail "these packages are missing and need an administrator:
    sudo apt-get install ${missing[*]}
After that, run this again (it then needs no root)."
        fi
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

setup_macos() {
    command -v brew >/dev/null 2>&1 || fail "install Homebrew (https://brew.sh), then run this again."
    local package missing=()
    for package in "${brew_packages[@]}"; do
        brew list --versions "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    if [ "${#missing[@]}" -eq 0 ]; then return; fi
    if [ "${1:-}" = "--check" ]; then fail "missing Homebrew packages: ${missing[*]} (run: make setup)"; fi
    brew install "${missing[@]}"
}

# Needed only by `tavse-data ingest` without --boxes, which names it as well.
say_optional() {
    if [ "$(uname -s)" = Linux ] && ! ls /usr/share/opencv*/lbpcascades/lbpcascade_frontalface_improved.xml >/dev/null 2>&1; then
        say "optional, to detect mouths while importing SpeakingFaces: sudo apt-get install opencv-data (10 MB)"
    fi
}

mode="${1:-}"
case "$mode" in
    "" | --check) ;;
    *) say "usage: scripts/setup.sh [--check]"; exit 64 ;;
esac
check_swift
if [ "$(uname -s)" = Darwin ]; then
    setup_macos "$mode"
elif command -v apt-get >/dev/null 2>&1; then
    setup_debian "$mode"
else
    fail "no apt-get here. Install by hand the counterparts of: ${debian_packages[*]}"
fi
say_optional
