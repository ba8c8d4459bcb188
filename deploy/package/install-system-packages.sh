#!/bin/sh
# Installs the packages listed in the files given, when they are missing: as root with apt, else says what to type.
set -eu

wanted=$(sed -e 's/#.*//' "$@" | tr -s ' \n' ' ')

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    if [ -n "${BOOTH_SYSTEM_PACKAGES_PRESENT:-}" ]; then
        exit 0
    fi
    echo "booth: this system has no apt; install what these Debian packages hold, then set" >&2
    echo "booth: BOOTH_SYSTEM_PACKAGES_PRESENT=1 and run make again:" >&2
    echo "   $wanted" >&2
    exit 1
fi

# shellcheck disable=SC2086 # the list is words
present=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | sed -n 's/ installed$//p' || true)
missing=
for package in $wanted; do
    echo "$present" | grep -qxF -- "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "booth: packages are missing; install them, then run make again:" >&2
    echo "sudo apt-get install --no-install-recommends -y$missing" >&2
    exit 1
fi

# Debian starts a broker as soon as it is installed. Ours is a child on loopback: nothing is to listen behind it,
# so starting services is refused while we install, and a new broker's unit is switched off for the next boot.
policy=/usr/sbin/policy-rc.d
new_policy=
if [ ! -e "$policy" ]; then
    new_policy=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
trap '[ -z "$new_policy" ] || rm -f "$new_policy"' EXIT
trap 'exit 130' INT TERM

echo "system packages: installing$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# shellcheck disable=SC2086
install() { apt-get install --no-install-recommends -y -o Dpkg::Use-Pty=0 $missing </dev/null >"$log" 2>&1; }
if ! install; then
    echo "system packages: refreshing the package lists"
    if ! { apt-get update -qq </dev/null >"$log" 2>&1 && install; }; then
        grep -E '^(E|W|Err):' "$log" >&2 || tail -n 5 "$log" >&2
        rm -f "$log"
        echo "booth: apt-get failed; check /etc/apt/sources.list and the network (Ubuntu: the component universe)" >&2
        exit 1
    fi
fi
sed -n -e 's/^\(Need to get .*\)/system packages: \1/p' -e 's/^\(After this operation.*\)/system packages: \1/p' "$log"
rm -f "$log"

case " $missing " in
*" mosquitto "*)
    if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
        systemctl disable --quiet mosquitto.service
    else
        rm -f /etc/systemd/system/multi-user.target.wants/mosquitto.service
    fi
    echo "system packages: mosquitto is installed but not started as a service; the booth starts its own"
    ;;
esac
