#!/bin/sh
# Builds sandbox-init, the libraries that make an interpreter a zygote or wait, and the attacks that are tried on all,
# into the directory given, unless what is there is newer than every source. Run by Maven.
set -eu
sources=$(dirname "$0")
target=$1
compiler=${CC:-cc}
flags="-std=c11 -D_GNU_SOURCE -O2 -s -fstack-protector-strong -Wall -Wextra -Wshadow -Werror"

is_fresh() {
    [ -x "$target/$1" ] && [ -z "$(find "$sources" -newer "$target/$1" -type f)" ]
}

# PROGRAM LINKAGE SOURCE...
build() {
    program=$1 linkage=$2
    shift 2
    # shellcheck disable=SC2086
    "$compiler" $flags $linkage -o "$target/$program.new" "$@"
    mv "$target/$program.new" "$target/$program"
}

if is_fresh sandbox-init && is_fresh attack && is_fresh zygote.so && is_fresh node.so; then
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
build sandbox-init -static "$sources"/*.c
waits="$sources/await/await.c $sources/channel.c $sources/plan.c $sources/job.c"
# shellcheck disable=SC2086
build attack -static "$sources"/attack/*.c $waits
# The parts of sandbox-init that a forked job goes through as well, inside an interpreter.
build zygote.so '-shared -fPIC -fvisibility=hidden' \
    "$sources"/zygote/*.c "$sources"/channel.c "$sources"/plan.c "$sources"/job.c -ldl
# shellcheck disable=SC2086
build node.so '-shared -fPIC -fvisibility=hidden' "$sources/await/node.c" $waits
