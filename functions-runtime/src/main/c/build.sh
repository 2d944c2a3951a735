#!/bin/sh
# Builds sandbox-init into the directory given, unless what is there is newer than every source. Run by Maven.
set -eu
sources=$(dirname "$0")
target=$1
program=$target/sandbox-init
compiler=${CC:-cc}
flags="-std=c11 -D_GNU_SOURCE -static -O2 -s -fstack-protector-strong -Wall -Wextra -Wshadow -Werror"

if [ -x "$program" ] && [ -z "$(find "$sources" -newer "$program" -type f)" ]; then
    exit 0
fi
if ! command -v "$compiler" >/dev/null; then
    echo "sandrun: no C compiler ($compiler): install it with 'apt-get install gcc libc6-dev', or set CC" >&2
    exit 1
fi
mkdir -p "$target"
if ! echo 'int main(void) { return 0; }' | "$compiler" -static -x c -o "$program.try" - 2>/dev/null; then
    echo "sandrun: $compiler cannot link a static program: install the C library with 'apt-get install libc6-dev'" >&2
    exit 1
fi
rm -f "$program.try"
# shellcheck disable=SC2086
"$compiler" $flags -o "$program.new" "$sources"/*.c
mv "$program.new" "$program"
