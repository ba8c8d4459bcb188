#!/bin/sh
# Brings npm's packages that only tests want, as FOLDER/package-lock.json pins them, into the cache of downloads, as NAME.
# Quiet when they are there, and where this machine has no node 18 and npm: then their tests are skipped and say why.
# usage: make-npm.sh FOLDER NAME WHAT     WHAT is said while they are brought
set -eu

pins=$1
name=$2
what=$3
cache=${XDG_CACHE_HOME:-$HOME/.cache}/booth/$name
folder=$cache/$(sha256sum "$pins/package-lock.json" | cut -c1-16)

[ ! -d "$folder" ] || exit 0
command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null || exit 0

echo "$name: bringing $what"
rm -rf "$cache"
mkdir -p "$cache"
part=$(mktemp -d "$cache/part-XXXXXX")
trap 'rm -rf "$part"' EXIT
cp "$pins/package.json" "$pins/package-lock.json" "$part/"
# No scripts of packages: nothing of it is compiled, and one would report who installs it.
if npm --prefix "$part" ci --ignore-scripts --no-audit --no-fund >"$part/log" 2>&1; then
    mv -T "$part" "$folder" 2>/dev/null || [ -d "$folder" ]
else
    grep -m 2 -i error "$part/log" >&2 || tail -n 2 "$part/log" >&2
    echo "booth: npm failed; its test is skipped; check the network and npm's registry (npm config list)" >&2
fi
