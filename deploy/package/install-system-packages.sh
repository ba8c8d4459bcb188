#!/bin/sh
# Installs the packages listed in the files given when they are missing: as root with apt, else says what to type.
# A name with a question mark is taken where the archive has it as a package, and done without where it has not.
set -eu

say() { echo "system packages: $*"; }
fail() {
    echo "booth: $*" >&2
    exit 1
}

named=$(sed -e 's/#.*//' "$@" | tr -s ' \n' ' ')
wanted='' optional=''
for name in $named; do
    case $name in
    *\?) optional="$optional ${name%\?}" ;;
    *) wanted="$wanted $name" ;;
    esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    [ -z "${BOOTH_SYSTEM_PACKAGES_PRESENT:-}" ] || exit 0
    fail "this system has no apt; install what these Debian packages hold, then set" \
        "BOOTH_SYSTEM_PACKAGES_PRESENT=1 and run make again:$wanted"
fi

# shellcheck disable=SC2086 # a list of words
present=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted $optional 2>/dev/null | sed -n 's/ installed$//p' || true)
is_present() { echo "$present" | grep -qxF -- "$1"; }
# Ubuntu has names whose package holds a call of snap and nothing else.
is_offered() {
    offer=$(apt-cache show --no-all-versions "$1" 2>/dev/null) && [ -n "$offer" ] &&
        ! echo "$offer" | grep -E '^(Pre-)?Depends:' | grep -qw snapd
}
missing=
for package in $wanted; do
    is_present "$package" || missing="$missing $package"
done
add_offered() {
    for package in $optional; do
        is_present "$package" || ! is_offered "$package" || missing="$missing $package"
    done
}
if [ -z "$missing" ]; then
    [ "$(id -u)" = 0 ] && add_offered
    [ -n "$missing" ] || exit 0
    optional=
fi

if [ "$(id -u)" != 0 ]; then
    echo "booth: system packages are missing; install them with this line, then run make again:" >&2
    echo "sudo apt-get install --no-install-recommends -y$missing" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
policy_is_ours=
tidy_up() {
    rm -f "$log"
    [ -z "$policy_is_ours" ] || rm -f "$policy"
}
trap tidy_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# shellcheck disable=SC2086
install_missing() { apt-get install --no-install-recommends -o Dpkg::Use-Pty=0 "$@" $missing </dev/null; }
refresh_lists() {
    say "refreshing the package lists"
    apt-get update -qq </dev/null >"$log" 2>&1 || complain
}
complain() {
    grep -E '^(E|W|Err):' "$log" >&2 || tail -n 5 "$log" >&2
    fail "apt-get failed; check the network and apt's sources (Ubuntu: with the component universe), then run make again"
}
# The lists may be empty (container images) or older than the archive: both are seen before anything is installed.
simulate() { LC_ALL=C install_missing --assume-no >"$log" 2>&1 || grep -q '^Need to get' "$log"; }

simulate || { refresh_lists && simulate; } || complain
add_offered
simulate || complain
say "installing$missing"
say "$(sed -n -e 's/^Need to get \(.*\) of archives.*/\1 to download/p' "$log")," \
    "$(sed -n -e 's/^After this operation, \(.*\) of additional.*/\1 on disk/p' "$log")"

# Debian starts a broker as soon as it is installed. The booth runs its own on loopback and nothing is to listen
# behind it, so services are not started now, and a newly installed broker not at the next boot either.
if [ ! -e "$policy" ]; then
    policy_is_ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
if [ -t 1 ]; then
    install_missing -y -q || { refresh_lists && install_missing -y -q; } || fail "apt-get failed, see above"
else
    install_missing -y >"$log" 2>&1 || { refresh_lists && install_missing -y >"$log" 2>&1; } || complain
fi

case " $missing " in
*" mosquitto "*)
    if [ -d /run/systemd/system ]; then
        systemctl disable --quiet mosquitto.service
    else
        rm -f /etc/systemd/system/multi-user.target.wants/mosquitto.service
    fi
    say "mosquitto is installed but its system service is off; the booth starts a broker of its own"
    ;;
esac
