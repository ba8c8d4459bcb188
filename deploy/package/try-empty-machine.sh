#!/bin/bash
# Proves the two commands on an empty machine: a fresh Debian or Ubuntu in a folder, a fresh clone, make run, make test.
# usage: try-empty-machine.sh [SUITE [FOLDER]]     as root, with debootstrap; bookworm, jammy or noble
set -euo pipefail

suite=${1:-bookworm}
folder=${2:-$(mktemp -d /var/tmp/booth-empty-XXXXXX)}
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)

if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "skipped: an empty machine needs root and debootstrap (apt-get install debootstrap)"
    exit 0
fi
components=main
[ "$suite" = bookworm ] || components=main,universe

# mktemp's folder is closed to everybody else, and here it is the root of a machine with more than one user.
mkdir -p "$folder"
chmod 755 "$folder"
if [ ! -x "$folder/usr/bin/git" ]; then
    echo "making an empty $suite in $folder"
    debootstrap --variant=minbase --components="$components" --include=ca-certificates,git,make,python3 \
        "$suite" "$folder" >"$folder.log" 2>&1 || {
        tail -n 3 "$folder.log" >&2
        exit 1
    }
    # The machine's own way to the archives goes along: name server, certificates, pip's and apt's settings.
    cp /etc/resolv.conf "$folder/etc/"
    echo "127.0.0.1 localhost" >"$folder/etc/hosts" # an installed machine has it
    cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
    [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$folder/etc/"
    cp /etc/apt/apt.conf.d/*proxy* "$folder/etc/apt/apt.conf.d/" 2>/dev/null || true
fi
rm -rf "$folder/root/booth"
git clone --quiet "$here" "$folder/root/booth"

inside() {
    # shellcheck disable=SC2016 # expanded inside
    unshare --mount --pid --fork --kill-child bash -c '
        mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev"
        exec chroot "$1" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "$2"
    ' inside "$folder" "cd /root/booth && $1" </dev/null
}
timed() {
    local begun=$SECONDS
    inside "$2"
    echo "== $suite: $1: $((SECONDS - begun)) s"
}

timed "first set-up" "make setup"
timed "set-up with nothing to do" "make setup"
timed "the booth, sample street once" ".venv/bin/booth demo --once --headless"
timed "make test" "make test"
inside "du -sh .venv ~/.cache/booth"
echo "everything is in $folder; remove it when done"
