#!/bin/sh
# Cross-compiles the kernels for arm64 and checks them under emulation:
# clang, gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user-static.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"${CLANG:-clang}" --target=aarch64-linux-gnu --ld-path=/usr/bin/aarch64-linux-gnu-ld -O3 -std=gnu11 -Wall -Wextra -static \
    -I"$root/Sources/CTAVSEKernels/include" "$root"/Sources/CTAVSEKernels/*.c "$root/scripts/portability/kernels_check.c" \
    -o "$out/check" -lm -lpthread
"${QEMU:-qemu-aarch64-static}" "$out/check"
