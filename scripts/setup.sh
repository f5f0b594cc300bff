#!/usr/bin/env bash
# Finds what TAVSE builds with, installs what is missing where that is possible, and names what is left. Safe to run again.
#
#   scripts/setup.sh            look for the libraries; install missing ones (Debian and Ubuntu with root or sudo, or Homebrew)
#   scripts/setup.sh --check    only look; exit 1 if something is missing
#
# A library counts as present when its header and its library are found: by pkg-config, in the compiler's folders, or in the
# folders that CPATH, C_INCLUDE_PATH, LIBRARY_PATH or CONDA_PREFIX name (environment modules and conda set them). Packages and
# root are needed only for what is missing.
set -euo pipefail

minimum_swift="6.2"
# name | pkg-config name | header | library | apt | dnf | conda-forge | brew
libraries="
OpenBLAS|openblas|cblas.h openblas/cblas.h|openblas|libopenblas-dev|openblas-devel|openblas|openblas
FFTW|fftw3|fftw3.h|fftw3|libfftw3-dev|fftw-devel|fftw|fftw
FFTW (single precision)|fftw3f|fftw3.h|fftw3f|libfftw3-dev|fftw-devel|fftw|fftw
libsndfile|sndfile|sndfile.h|sndfile|libsndfile1-dev|libsndfile-devel|libsndfile|libsndfile
SQLite|sqlite3|sqlite3.h|sqlite3|libsqlite3-dev|sqlite-devel|sqlite|sqlite
GSL|gsl|gsl/gsl_cdf.h|gsl|libgsl-dev|gsl-devel|gsl|gsl
LMDB|lmdb|lmdb.h|lmdb|liblmdb-dev|lmdb-devel|lmdb|lmdb
libjpeg-turbo|libturbojpeg|turbojpeg.h|turbojpeg|libturbojpeg0-dev|turbojpeg-devel|libjpeg-turbo|jpeg-turbo
libpng|libpng|png.h|png|libpng-dev|libpng-devel|libpng|libpng
libzip|libzip|zip.h|zip|libzip-dev|libzip-devel|libzip|libzip
OpenSSL (libcrypto)|libcrypto|openssl/evp.h|crypto|libssl-dev|openssl-devel|openssl|openssl@3
"

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

# Folders in which headers, or libraries, are looked for beside those of pkg-config.
header_folders() {
    local IFS=:
    # shellcheck disable=SC2086  # lists of folders
    printf '%s\n' ${CPATH:-} ${C_INCLUDE_PATH:-} ${CONDA_PREFIX:+$CONDA_PREFIX/include} \
        /usr/include "/usr/include/$(uname -m)-linux-gnu" /usr/local/include /opt/homebrew/include
}
library_folders() {
    local IFS=:
    # shellcheck disable=SC2086  # lists of folders
    printf '%s\n' ${LIBRARY_PATH:-} ${CONDA_PREFIX:+$CONDA_PREFIX/lib} \
        /usr/lib "/usr/lib/$(uname -m)-linux-gnu" /usr/lib64 /usr/local/lib /opt/homebrew/lib
}

# Whether a library's header and library are found.
present() {
    local package="$1" headers="$2" library="$3" folder header found=no
    if command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$package" 2>/dev/null; then return 0; fi
    for header in $headers; do
        while IFS= read -r folder; do
            if [ -n "$folder" ] && [ -f "$folder/$header" ]; then found=yes; fi
        done < <(header_folders)
    done
    [ "$found" = yes ] || return 1
    while IFS= read -r folder; do
        if [ -n "$folder" ] && { [ -e "$folder/lib$library.so" ] || [ -e "$folder/lib$library.a" ] ||
            [ -e "$folder/lib$library.dylib" ]; }; then return 0; fi
    done < <(library_folders)
    return 1
}

# Prints the lines of the table whose library is missing.
missing_libraries() {
    local line name package headers library rest
    while IFS= read -r line; do
        [ -n "$line" ] || continue
        IFS='|' read -r name package headers library rest <<<"$line"
        present "$package" "$headers" "$library" || printf '%s\n' "$line"
    done <<<"$libraries"
}

# Prints a column of lines of the table, each value once.
column() { cut -d '|' -f "$1" | sort -u | tr '\n' ' ' | sed 's/ $//'; }

# Names every missing library with its package in four package managers.
name_missing() {
    local line name package headers library apt dnf conda brew
    while IFS= read -r line; do
        IFS='|' read -r name package headers library apt dnf conda brew <<<"$line"
        say "missing: $name ($headers, lib$library): apt $apt · dnf $dnf · conda $conda · brew $brew"
    done <<<"$1"
}

install_debian() {
    local as_root=() packages
    read -ra packages <<<"$(column 5 <<<"$1")"
    # The compiler asks pkg-config where libraries lie.
    command -v pkg-config >/dev/null 2>&1 || packages+=(pkg-config)
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root=(sudo); else return 1; fi
    fi
    say "installing ${packages[*]}"
    "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2
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
missing="$(missing_libraries)"
if [ -n "$missing" ] && [ "$mode" != --check ]; then
    if command -v apt-get >/dev/null 2>&1; then
        install_debian "$missing" || true
    elif command -v brew >/dev/null 2>&1; then
        # shellcheck disable=SC2046  # one word per package
        brew install $(column 8 <<<"$missing") || true
    fi
    missing="$(missing_libraries)"
fi
if [ -n "$missing" ]; then
    name_missing "$missing"
    if command -v apt-get >/dev/null 2>&1; then
        say "with an administrator: sudo apt-get install $(column 5 <<<"$missing")"
    fi
    fail "without one: conda install -c conda-forge $(column 7 <<<"$missing") (CPATH and LIBRARY_PATH set by conda or modules are honoured)"
fi
if [ -n "${CONDA_PREFIX:-}" ] && [ -z "${LIBRARY_PATH:-}" ]; then
    say "note: for libraries of conda, set CPATH=\$CONDA_PREFIX/include LIBRARY_PATH=\$CONDA_PREFIX/lib LD_LIBRARY_PATH=\$CONDA_PREFIX/lib"
fi
say_optional
