#!/bin/sh
# Makes a virtual environment on the system's Python with the project installed (editable); quiet when up to date.
# usage: make-venv.sh FOLDER [dev]     dev adds what the tests and checks need
set -eu

venv=$1
extra=${2:-}
here=$(cd -- "$(dirname -- "$0")" && pwd)
root=$(cd -- "$here/../.." && pwd)
lock=$here/requirements.lock
# Not `python3` from the PATH: only the system's own interpreter sees python3-gi and its kin.
python=${BOOTH_PYTHON:-/usr/bin/python3}

if ! version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); then
    echo "booth: $python does not run; install python3, or name an interpreter in BOOTH_PYTHON" >&2
    exit 1
fi
case $version in
3.10 | 3.11 | 3.12) ;;
*)
    echo "booth: $python is Python $version; the booth needs 3.10 to 3.12 (Debian 12, Ubuntu 22.04 or 24.04)" >&2
    exit 1
    ;;
esac

# One at a time: a second make waits here. The lock is on a file that is there anyway.
exec 9<"$root/pyproject.toml"
flock 9

base="$version $root"
# Only what pip reads of the project counts, not the settings of the checks behind it.
state="$base $(sed '/^\[tool\./,$d' "$root/pyproject.toml" | cat - "$lock" | sha256sum | cut -c1-16)"
is_current() { [ -f "$1" ] && [ "$(cat "$1")" = "$state" ]; }
works() { "$venv/bin/python" -c 'import gi, numpy, yaml' 2>/dev/null; }
if is_current "$venv/booth$extra.stamp" && works; then
    exit 0
fi

# A venv of another Python, of a moved checkout, or one that does not run is made anew; else it is brought up to date.
if [ -d "$venv" ] && { ! [ -f "$venv/booth.base" ] || [ "$(cat "$venv/booth.base")" != "$base" ] || ! works; }; then
    echo "environment: $venv is stale or broken; making it anew"
    rm -rf "$venv"
fi
if ! [ -d "$venv" ]; then
    "$python" -m venv --system-site-packages "$venv"
    printf '%s' "$base" >"$venv/booth.base"
fi
rm -f "$venv"/booth*.stamp

project="${root}[analysis]"
quiet=--quiet
size="about 260 MB"
if [ -n "$extra" ]; then
    project="${root}[analysis,$extra]"
    size="about 290 MB"
fi
[ ! -t 1 ] || quiet=
echo "environment: installing the booth's Python packages into $venv ($size unless pip has them cached)"
# shellcheck disable=SC2086 # no word when empty
if ! "$venv/bin/python" -m pip install $quiet --disable-pip-version-check --constraint "$lock" --editable "$project"; then
    echo "booth: pip failed; check the network and pip's index (pip config list), then run make again" >&2
    exit 1
fi
printf '%s' "$state" >"$venv/booth.stamp"
[ -z "$extra" ] || printf '%s' "$state" >"$venv/booth$extra.stamp"
