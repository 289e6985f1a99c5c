#!/bin/sh
# Runs clang-tidy (.clang-tidy) and cppcheck over the program's sources, on demand: minutes, not seconds.
# Without arguments all sources; with arguments those files only. Fails when anything is found.
# BUILD names a folder configured with clang; one is set up in a temporary folder otherwise.
set -eu
cd "$(dirname "$0")/../.."

for tool in clang-tidy cppcheck; do
	command -v $tool >/dev/null || { echo "tidy: install the Debian packages clang-tidy and cppcheck" >&2; exit 1; }
done

if [ -z "${BUILD:-}" ]; then
	BUILD=$(mktemp -d)
	trap 'rm -rf "$BUILD"' EXIT
	trap 'exit 130' INT TERM
	CC=clang meson setup "$BUILD" >/dev/null
	# The tables that sources include are generated.
	# shellcheck disable=SC2046
	ninja -C "$BUILD" $(ninja -C "$BUILD" -t targets all | sed -n 's/\.inc: .*/.inc/p') >/dev/null
fi
if [ $# -eq 0 ]; then
	# shellcheck disable=SC2046
	set -- $(find core providers plans cmd -name '*.c' | sort)
fi

status=0
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 clang-tidy -p "$BUILD" --quiet 2>/dev/null || status=1
cppcheck -q --std=c11 -D_GNU_SOURCE -D'SEATSHIFT_VERSION="0"' --enable=warning,portability --inline-suppr \
	--error-exitcode=1 -I. "$@" || status=1
exit "$status"
