#!/bin/sh
# Brings axe-core, which looks for what a screen reader would stumble over on the field page, into the cache of downloads
# (3 MB), as FOLDER/package-lock.json pins it. Quiet when it is there, and where this machine has no npm: then that test
# is skipped and says why.
# usage: make-axe.sh FOLDER
set -eu

pins=$1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/booth/axe
folder=$cache/$(sha256sum "$pins/package-lock.json" | cut -c1-16)

[ ! -d "$folder" ] || exit 0
command -v npm >/dev/null || exit 0

echo "axe-core: bringing what checks the pages for screen readers (3 MB)"
rm -rf "$cache"
mkdir -p "$cache"
part=$(mktemp -d "$cache/part-XXXXXX")
trap 'rm -rf "$part"' EXIT
cp "$pins/package.json" "$pins/package-lock.json" "$part/"
if npm --prefix "$part" ci --ignore-scripts --no-audit --no-fund >"$part/log" 2>&1; then
    mv -T "$part" "$folder" 2>/dev/null || [ -d "$folder" ]
else
    grep -m 2 -i error "$part/log" >&2 || tail -n 2 "$part/log" >&2
    echo "booth: npm failed; its test is skipped; check the network and npm's registry (npm config list)" >&2
fi
