#!/bin/bash
# Makes a Debian or Ubuntu with a real systemd in a folder, once, with all that the booth's package wants; says where.
# usage: make-root.sh SUITE     bookworm, jammy or noble; the folder: ${XDG_CACHE_HOME:-~/.cache}/booth/roots/SUITE
set -euo pipefail

suite=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
root=${XDG_CACHE_HOME:-$HOME/.cache}/booth/roots/$suite
part=$root.part
log=$root.log

fail() {
    echo "booth: $*" >&2
    exit 1
}
complain() {
    grep -E '^(E|W|Err):' "$log" >&2 || tail -n 5 "$log" >&2
    fail "no $suite came about; the whole story is in $log"
}
inside() { chroot "$1" env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"; }
# Names of packages: those that the booth's own depends on, and those that the checks want.
wanted() {
    cat "$here/deploy/package/booth-packages.txt" "$here/tests/deb/root-packages.txt" |
        sed -n 's/^\([a-z0-9][^ #]*\).*/\1/p' | sort -u
}

# Debian does not ship Ubuntu's keys: they come from the mirror that debootstrap knows, and are known by their hash.
ubuntu_keys() {
    local keys=$1 deb=ubuntu-keyring_2021.03.26_all.deb
    curl -fsS --max-time 60 -o "$keys.deb" "$mirror/pool/main/u/ubuntu-keyring/$deb"
    echo "0d0e7ed6b112f5d03eabf3c7eb01ebdacf9c57714b279e90495cfc58c8c4520f  $keys.deb" | sha256sum --check --quiet
    dpkg-deb --fsys-tarfile "$keys.deb" | tar -xO ./usr/share/keyrings/ubuntu-archive-keyring.gpg >"$keys"
    rm -f "$keys.deb"
}

[ "$(id -u)" = 0 ] || fail "a root needs root"
command -v debootstrap >/dev/null || fail "debootstrap is missing; apt-get install debootstrap, then try again"
mkdir -p "${root%/*}"
# One at a time: a second one waits here and finds the first one's. The stamp says what was asked for.
exec 9>"$root.lock"
flock 9
stamp=$(wanted | sha256sum | cut -c 1-16)
if [ "$(cat "$root.stamp" 2>/dev/null)" = "$stamp" ] && [ -d "$root" ]; then
    echo "$root"
    exit 0
fi
rm -rf --one-file-system "$root" "$part"
echo "making a $suite in $root (about 4 minutes, 1 GB)" >&2
case $suite in
bookworm) components=main keyring=/usr/share/keyrings/debian-archive-keyring.gpg from=() ;;
*)
    components=main,universe keyring=$root.gpg
    # Ubuntu's recipes are all one; a debootstrap that is older than a suite has none by its name.
    recipe=/usr/share/debootstrap/scripts/jammy
    mirror=$(sed -n 's/^[[:space:]]*default_mirror \(http:[^ ]*\).*/\1/p' "$recipe" | sed -n 2p)
    from=("$mirror" "$recipe")
    ubuntu_keys "$keyring" || fail "the keys of $suite cannot be had"
    ;;
esac
debootstrap --variant=minbase --components="$components" --keyring="$keyring" \
    --include=ca-certificates,systemd,systemd-sysv,udev,python3 "$suite" "$part" "${from[@]}" >"$log" 2>&1 || complain
# The machine's own way to the archives goes along, as in deploy/package/try-empty-machine.sh.
cp /etc/resolv.conf "$part/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$part/etc/ssl/certs/"
cp /etc/apt/apt.conf.d/*proxy* "$part/etc/apt/apt.conf.d/" 2>/dev/null || true
echo "127.0.0.1 localhost" >"$part/etc/hosts"
# Nothing is started while it is installed.
printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d"
chmod 755 "$part/usr/sbin/policy-rc.d"
{
    inside "$part" apt-get update -q </dev/null &&
        wanted | inside "$part" xargs apt-get install -q -y --no-install-recommends
} >>"$log" 2>&1 || complain
rm "$part/usr/sbin/policy-rc.d"
inside "$part" apt-get clean
inside "$part" systemctl disable mosquitto.service systemd-networkd-wait-online.service >>"$log" 2>&1 || true
inside "$part" systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer >>"$log" 2>&1
mv "$part" "$root"
echo "$stamp" >"$root.stamp"
echo "$root"
