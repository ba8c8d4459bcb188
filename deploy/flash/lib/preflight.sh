# The list of what has to be right before a Jetson is touched; each that is wrong names its cure.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

# MODE tells when a check matters: always, to build the image, to write it.
checks='system|always
architecture|always
machine|always
root|always
packages|always
locale|always
memory|always
folder|always
space|always
licence|build
archives|build
key|build
identity|write
debs|build
emulation|build
module|build
other_flash|write
usb|write
autosuspend|write
automount|write
modems|write
sleep|write
ipv6|write
rpcbind|write
nfs|write
firewall|write
addresses|write
vpn|write'

preflight() {
    local name mode
    problems=0 done_checks=0
    while IFS='|' read -r name mode; do
        matters "$mode" || continue
        look_at "$name"
    done <<<"$checks"
    [ "$problems" = 0 ] || fail "$problems of $done_checks checks stand in the way; do what each line says, then try again"
    say "$done_checks checks are fine"
}
matters() { # MODE
    case $1 in
    build) [ "$do_build" = yes ] ;;
    write) [ "$do_write" = yes ] ;;
    esac
}
look_at() { # NAME
    looking_at=${1//_/ }
    done_checks=$((done_checks + 1))
    local before=$problems
    "check_$1" </dev/null
    [ "$problems" != "$before" ] || note "fine: $looking_at"
}
# What stands in the way of the flash, and its cure.
stands() { # PROBLEM CURE
    problems=$((problems + 1))
    say "$(printf '%-12s' "$looking_at") $1; $2"
}
hint() { say "$(printf '%-12s' "$looking_at") $1"; }
