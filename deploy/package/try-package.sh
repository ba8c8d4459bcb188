#!/bin/bash
# The life of the package on a machine that does not run: installed, upgraded, never downgraded, reset, removed, purged
# in a Debian or Ubuntu in a folder, and the list of all its files is afterwards what it was before.
# usage: try-package.sh SUITE PYTHON      bookworm, jammy or noble, and the Python that builds the package; root, debootstrap
set -euo pipefail

suite=$1
python=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)

if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "skipped: a machine in a folder needs root and debootstrap (apt-get install debootstrap)"
    exit 0
fi
case $suite in
bookworm | jammy | noble) ;;
*)
    echo "booth: $suite is neither bookworm, jammy nor noble" >&2
    exit 2
    ;;
esac
cached=$(bash "$here/tests/deb/make-root.sh" "$suite")
work=$(mktemp -d /var/tmp/booth-package-XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root
cp -a --reflink=auto "$cached" "$root"
chmod 755 "$work"

fail() {
    echo "FAILED on $suite: $*" >&2
    tail -n 20 "$work/log" >&2
    exit 1
}
inside() {
    # shellcheck disable=SC2016 # expanded inside
    unshare --mount --pid --fork --kill-child bash -c '
        mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t tmpfs tmpfs "$1/run"
        exec chroot "$1" env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "$2"
    ' inside "$root" "$1" </dev/null >"$work/log" 2>&1
}
# All names with owner, mode and content; not what a machine writes whatever is installed.
listed() {
    (cd "$root" && find . -xdev \( -path ./root -o -path ./proc -o -path ./dev -o -path ./run -o -path ./tmp \
        -o -path ./var/log -o -path ./var/lib/dpkg -o -path ./var/cache -o -path './etc/*-' \) -prune \
        -o -printf '%p %M %U:%G %l\n' | sort)
    sha256sum "$root/etc/passwd" "$root/etc/group" "$root/etc/shadow"
    ls -d "$root"/var/cache/* "$root"/run/* 2>/dev/null || true
}
fact() { printf '%-10s %s\n' "$suite" "$*"; }

cd "$here"
# This version, and one that differs in its number alone.
"$python" -c 'import sys; from pathlib import Path; from tests.deb.package import make_packages
print(*make_packages(sys.argv[1], Path(sys.argv[2])), sep="\n")' "$suite" "$root/root" >"$work/packages"
old=/root/$(basename "$(sed -n 1p "$work/packages")")
new=/root/$(basename "$(sed -n 2p "$work/packages")")
if command -v lintian >/dev/null; then
    lintian --fail-on error "$root$old" >"$work/log" 2>&1 || fail "lintian has found errors"
    fact "lintian finds no error"
fi
listed >"$work/before"

begun=$(date +%s%N)
inside "dpkg -i $old" || fail "it does not install"
fact "installed in $((($(date +%s%N) - begun) / 1000000)) ms, $(du -sm "$root/usr/lib/booth" | cut -f1) MB on disk"
inside 'id booth-vision && id -nG booth-vision | grep -qw booth && stat -c %a /etc/booth/keys | grep -qx 700' ||
    fail "users or folders are not as they must be"
inside 'time booth --help' || fail "booth --help"
fact "booth --help in $(sed -n 's/^real.*m//p' "$work/log")"
# The clock of a chroot is synchronised by nobody, so doctor is right to complain of that, and of nothing else.
inside 'booth doctor --json >/root/doctor; python3 -c "
import json
bad = [one for one in json.load(open(\"/root/doctor\")) if one[\"state\"] == \"failed\" and one[\"part\"] != \"clock\"]
assert not bad, bad"' || fail "booth doctor"
fact "booth doctor finds nothing but the clock"
inside 'systemctl is-enabled booth.target' || fail "booth.target is not enabled"

echo "mark: stays" >"$root/etc/booth/mark.yaml"
echo "bank" >"$root/var/lib/booth/vision/street.bank"
mkdir -p "$root/var/lib/booth-update/versions/0.1.1"
cp "$root/usr/lib/booth/launch.py" "$root/var/lib/booth-update/versions/0.1.1/"
echo '{"schema": "build/1", "version": "0.1.1"}' >"$root/var/lib/booth-update/versions/0.1.1/build.json"
ln -s versions/0.1.1 "$root/var/lib/booth-update/current"
inside "dpkg -i $new" || fail "it does not upgrade"
[ ! -L "$root/var/lib/booth-update/current" ] || fail "an update older than the package still runs"
for kept in var/lib/booth/vision/street.bank etc/booth/mark.yaml; do
    [ -f "$root/$kept" ] || fail "$kept is gone"
done
[ -z "$(find "$root/usr/lib/booth" -name '*.pyc' -not -newer "$root$old" -print -quit)" ] || fail "old bytecode"
fact "upgraded: state kept, an update as old as the package given up"

! inside "dpkg -i $old" || fail "it lets itself be downgraded"
fact "downgrade: $(sed -n 's/^booth: //p' "$work/log")"
inside "dpkg-query -W -f '\${db:Status-Status} \${Version}' booth | grep -qx \"installed \$(dpkg-deb -f $new Version)\"" ||
    fail "after the refusal the package is not whole"

echo "key" >"$root/etc/booth/keys/booth.key"
inside 'booth factory-reset --yes' || fail "it does not reset"
[ -z "$(find "$root/etc/booth" "$root/var/lib/booth" -type f ! -empty)" ] || fail "a reset leaves files"
[ "$(stat -c %a "$root/var/lib/booth/vision")" = 700 ] || fail "after a reset the folders are not as they must be"
inside 'booth --help' || fail "after a reset the program is gone"
fact "factory reset: no key, bank or setting left, the program stays"

echo "mark: stays" >"$root/etc/booth/mark.yaml"
inside 'dpkg -r booth' || fail "it does not go"
[ ! -e "$root/usr/lib/booth" ] || fail "a removal leaves the program: $(find "$root/usr/lib/booth" | head -n 3)"
[ -f "$root/etc/booth/mark.yaml" ] || fail "a removal takes the settings"
fact "removed: settings and state kept"
inside "dpkg -i $new" || fail "it does not come back after a removal"
inside 'dpkg -P booth' || fail "it cannot be purged"
listed >"$work/after"
diff "$work/before" "$work/after" >"$work/log" || fail "a purge leaves something"
fact "purged: every file, owner and mode on the machine is what it was before"
