#!/bin/bash
# The package for arm64 on this amd64 machine: an emulated Debian 12 installs it, and its services say that they are ready.
# usage: try-arm64.sh PYTHON      the Python that builds the package; root, debootstrap, qemu-user-static
set -euo pipefail

python=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cached=${XDG_CACHE_HOME:-$HOME/.cache}/booth/roots/arm64
log=$cached.log

skip() {
    echo "skipped: $*"
    exit 0
}
fail() {
    echo "FAILED on arm64: $*" >&2
    tail -n 20 "$log" >&2
    exit 1
}
emulated() { "$python" "$here/emulated.py" "$@" </dev/null; }
fact() { printf '%-8s %s\n' arm64 "$*"; }
wanted() { sed -n 's/^\([a-z0-9][^ #]*\).*/\1/p' "$here/booth-packages.txt"; }

[ "$(id -u)" = 0 ] || skip "an emulated machine in a folder needs root"
command -v debootstrap >/dev/null || skip "debootstrap is missing (apt-get install debootstrap)"
command -v qemu-aarch64-static >/dev/null || skip "qemu is missing (apt-get install qemu-user-static)"

make_root() {
    echo "making an emulated Debian 12 in $cached (about 10 minutes, once)"
    rm -rf --one-file-system "$cached" "$cached.part"
    mkdir -p "${cached%/*}"
    debootstrap --foreign --arch=arm64 --variant=minbase \
        --include=ca-certificates,systemd,systemd-sysv,udev,python3 bookworm "$cached.part" >"$log" 2>&1
    # In a namespace of users nobody makes devices, which debootstrap knows of one kind of container.
    emulated "$cached.part" /usr/bin/env container=lxc /debootstrap/debootstrap --second-stage >>"$log" 2>&1
    finish_root
}
finish_root() {
    cp /etc/resolv.conf "$cached.part/etc/"
    cp /etc/ssl/certs/ca-certificates.crt "$cached.part/etc/ssl/certs/"
    cp /etc/apt/apt.conf.d/*proxy* "$cached.part/etc/apt/apt.conf.d/" 2>/dev/null || true
    echo "127.0.0.1 localhost" >"$cached.part/etc/hosts"
    # apt's own user could not be entered in the namespace.
    echo 'APT::Sandbox::User "root";' >"$cached.part/etc/apt/apt.conf.d/90root"
    emulated "$cached.part" apt-get update -q >>"$log" 2>&1
    # shellcheck disable=SC2046 # a list of words
    emulated "$cached.part" apt-get install -q -y --no-install-recommends $(wanted) >>"$log" 2>&1
    emulated "$cached.part" apt-get clean
    mv "$cached.part" "$cached"
    wanted >"$cached.stamp"
}
if ! [ -d "$cached" ] || [ "$(cat "$cached.stamp" 2>/dev/null)" != "$(wanted)" ]; then
    make_root || fail "no root came about"
fi

work=$(mktemp -d /var/tmp/booth-arm64-XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"
root=$work/root
log=$work/log
cp -a --reflink=auto "$cached" "$root"
package=$("$python" "$here/deb.py" --arch arm64 --python 3.11 --version 0.1.0 --quick "$root/srv" | tail -n 1)

begun=$SECONDS
emulated "$root" dpkg -i "/srv/${package##*/}" >"$log" 2>&1 || fail "it does not install"
fact "installed under emulation in $((SECONDS - begun)) s"
emulated "$root" dpkg --verify booth >"$log" 2>&1 || fail "what lies there is not what was packed"

cat >"$root/etc/booth/booth.yaml" <<'SETTINGS'
booth: {city: new-york, id: emulated}
camera: {source: "test:", first_frame_s: 120}
display: {port: 0}
uplink: {broker: "mqtt://127.0.0.1:1883"}
sign: {controller: Left, contact: privacy@left.example, url: "https://left.example/sign"}
SETTINGS
emulated "$root" booth doctor --config /etc/booth/booth.yaml --json >"$work/doctor" 2>"$log" || true
"$python" - "$work/doctor" <<'CHECK' >"$log" 2>&1 || fail "booth doctor finds more than is to be expected here"
import json, sys
failed = {one["part"]: one["detail"] for one in json.load(open(sys.argv[1])) if one["state"] == "failed"}
# No clock service runs, no bank was learned.
print(failed)
assert set(failed) <= {"clock", "bank"}, failed
CHECK
fact "booth doctor finds nothing but the clock and a bank that nobody has learned"

for process in display uplink vision; do
    took_s=$("$python" "$here/ready.py" "$root/srv/notify" 300 "$python" "$here/emulated.py" "$root" \
        env NOTIFY_SOCKET=/srv/notify booth run $process --config /etc/booth/booth.yaml) ||
        { echo "$took_s" >"$log" && fail "$process does not become ready"; }
    fact "$process is ready after $took_s s"
done
