#!/usr/bin/env bash
# Packs the tools into one archive that runs where nothing is installed and nobody is root.
#
#   scripts/dist.sh [OUTPUT_FOLDER]     default dist/; TAVSE_BIN is the folder of the built tools (default: .build/release)
#
# The archive tavse-VERSION-linux-ARCH.tar.gz holds bin/ (a wrapper per tool), libexec/ (the tools), lib/ (every shared library
# they need, with the loader and the C library), configs, scripts, docs, fixtures/demo, licences and SHA256SUMS. The wrappers start
# the tools by the bundled loader, so the age of the system's C library does not matter; the kernel must be Linux 3.2 or later.
set -euo pipefail
cd "$(dirname "$0")/.."
bin="${TAVSE_BIN:-.build/release}"
out="${1:-dist}"
tools=(tavse-data tavse-train tavse-eval tavse-report tavse-gates tavse-enhance)

say() { printf 'dist: %s\n' "$*" >&2; }
[ "$(uname -s)" = Linux ] || { say "the archive is for Linux and has to be made on Linux"; exit 1; }
for tool in "${tools[@]}"; do
    [ -x "$bin/$tool" ] || { say "$bin/$tool is not there: run 'make build' first, or set TAVSE_BIN"; exit 66; }
done
version="$("$bin/tavse-eval" --version)"
name="tavse-$version-linux-$(uname -m)"
stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
root="$stage/$name"
mkdir -p "$root"/{bin,lib,libexec}

for tool in "${tools[@]}"; do
    cp "$bin/$tool" "$root/libexec/"
    strip --strip-unneeded "$root/libexec/$tool"
done
# Every library that a tool needs, under the name it is looked for; the loader itself is the line without an arrow.
for tool in "${tools[@]}"; do ldd "$bin/$tool"; done | sed -nE 's/^\s*(\S+ => )?(\/\S+) \(0x.*/\2/p' | sort -u >"$stage/libraries"
if ldd "$bin/tavse-eval" | grep -q 'not found'; then
    say "a library is not found:"
    ldd "$bin/tavse-eval" | grep 'not found' >&2
    exit 1
fi
while IFS= read -r library; do
    cp -L "$library" "$root/lib/"
    strip --strip-unneeded "$root/lib/$(basename "$library")" 2>/dev/null || true
done <"$stage/libraries"
loader="$(basename "$(grep -E '/ld-linux[^/]*$' "$stage/libraries" | head -n 1)")"
[ -n "$loader" ] || { say "no loader among the libraries"; exit 1; }
# A stripped loader or C library could not be debugged and gains little: these stay as they are.
for library in "$loader" libc.so.6; do cp -L "$(grep -E "/$library\$" "$stage/libraries" | head -n 1)" "$root/lib/"; done

for tool in "${tools[@]}"; do
    cat >"$root/bin/$tool" <<WRAPPER
#!/bin/sh
# Starts $tool by the loader and the libraries of this folder.
here="\$(CDPATH= cd -- "\$(dirname -- "\$(readlink -f -- "\$0")")/.." && pwd)"
TAVSE_BUNDLED_TOOL="\$here/libexec/$tool"
export TAVSE_BUNDLED_TOOL
exec "\$here/lib/$loader" --argv0 "$tool" --library-path "\$here/lib" "\$here/libexec/$tool" "\$@"
WRAPPER
    chmod +x "$root/bin/$tool"
done

# A copy of what git has: nothing that lies about in the working tree.
git ls-files -z configs scripts docs fixtures/demo README.md CHANGELOG.md LICENSE NOTICE.md |
    tar --null --files-from=- -cf - | tar -xf - -C "$root"
# The scripts look for the tools in .build/release unless TAVSE_BIN says otherwise.
mkdir -p "$root/.build"
ln -s ../bin "$root/.build/release"
mkdir -p "$root/licences"
while IFS= read -r library; do
    package="$(dpkg -S "$(readlink -f "$library")" 2>/dev/null | head -n 1 | cut -d : -f 1 || true)"
    if [ -n "$package" ] && [ -f "/usr/share/doc/$package/copyright" ]; then
        cp "/usr/share/doc/$package/copyright" "$root/licences/$package"
    fi
done <"$stage/libraries"
swift_licence="$(dirname "$(readlink -f "$(command -v swift || echo /)")")/../share/swift/LICENSE.txt"
if [ -f "$swift_licence" ]; then cp "$swift_licence" "$root/licences/swift"; fi

(cd "$root" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
mkdir -p "$out"
tar --sort=name --owner=0 --group=0 --numeric-owner -C "$stage" -cf - "$name" | gzip -9n >"$out/$name.tar.gz.part"
mv "$out/$name.tar.gz.part" "$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
say "$out/$name.tar.gz: $(du -m "$out/$name.tar.gz" | cut -f 1) MB"
