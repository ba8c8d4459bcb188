#!/bin/bash
# Makes a Debian 13 in a folder with its RabbitMQ 4 inside, once; says where it is. Needs root and debootstrap.
# usage: make-rabbitmq-root.sh     the folder: ${XDG_CACHE_HOME:-~/.cache}/booth/rabbitmq-root
set -euo pipefail

suite=trixie
root=${XDG_CACHE_HOME:-$HOME/.cache}/booth/rabbitmq-root

fail() {
    echo "booth: $*" >&2
    exit 1
}
inside() { chroot "$1" env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"; }
# Whole: what dpkg installed is there unchanged, except files that it regards as settings.
whole() { [ -f "$1/booth.stamp" ] && ! inside "$1" dpkg --verify rabbitmq-server erlang-base | grep -qv ' c '; }

[ "$(id -u)" = 0 ] || fail "a RabbitMQ root needs root"
mkdir -p "${root%/*}"
# One at a time: a second one waits here and finds the first one's.
exec 9>"$root.lock"
flock 9
if whole "$root"; then
    echo "$root"
    exit 0
fi
command -v debootstrap >/dev/null || fail "debootstrap is missing; apt-get install debootstrap, then try again"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keyring" ] || fail "$keyring is missing; apt-get install debian-archive-keyring, then try again"

part=$root.part
log=$root.log
rm -rf --one-file-system "$root" "$part"
complain() {
    grep -E '^(E|W|Err):' "$log" >&2 || tail -n 5 "$log" >&2
    fail "no RabbitMQ root came about; the whole story is in $log"
}
echo "rabbitmq root: making a Debian $suite in $root (about 4 minutes, 700 MB)" >&2
# Older debootstraps do not know the suite's name, but its recipe is that of sid.
debootstrap --variant=minbase --keyring="$keyring" --include=ca-certificates,iproute2 \
    "$suite" "$part" >"$log" 2>&1 || complain
# The machine's own way to the archives goes along, as in deploy/package/try-empty-machine.sh.
cp /etc/resolv.conf "$part/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$part/etc/ssl/certs/"
cp /etc/apt/apt.conf.d/*proxy* "$part/etc/apt/apt.conf.d/" 2>/dev/null || true
# Nothing is started while it is installed.
printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d"
chmod 755 "$part/usr/sbin/policy-rc.d"
{
    inside "$part" apt-get update -q </dev/null &&
        inside "$part" apt-get install -q -y --no-install-recommends rabbitmq-server </dev/null
} >>"$log" 2>&1 || complain
inside "$part" apt-get clean
touch "$part/booth.stamp"
mv "$part" "$root"
echo "$root"
