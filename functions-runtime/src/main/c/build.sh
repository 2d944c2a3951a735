#!/bin/sh
# Builds sandbox-init, and the attacks that are tried on it, into the directory given, unless what is there is newer than
# every source. Run by Maven.
set -eu
sources=$(dirname "$0")
target=$1
compiler=${CC:-cc}
flags="-std=c11 -D_GNU_SOURCE -static -O2 -s -fstack-protector-strong -Wall -Wextra -Wshadow -Werror"

is_fresh() {
    [ -x "$target/$1" ] && [ -z "$(find "$sources" -newer "$target/$1" -type f)" ]
}

# PROGRAM SOURCE...
build() {
    program=$1
    shift
    # shellcheck disable=SC2086
    "$compiler" $flags -o "$target/$program.new" "$@"
    mv "$target/$program.new" "$target/$program"
}

if is_fresh sandbox-init && is_fresh attack; then
    exit 0
fi
if ! command -v "$compiler" >/dev/null; then
    echo "sandrun: no C compiler ($compiler): install it with 'apt-get install gcc libc6-dev', or set CC" >&2
    exit 1
fi
mkdir -p "$target"
if ! echo 'int main(void) { return 0; }' | "$compiler" -static -x c -o "$target/try" - 2>/dev/null; then
    echo "sandrun: $compiler cannot link a static program: install the C library with 'apt-get install libc6-dev'" >&2
    exit 1
fi
rm -f "$target/try"
build sandbox-init "$sources"/*.c
build attack "$sources"/attack/*.c
