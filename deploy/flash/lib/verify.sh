# After the flash: does the Jetson start, and is it what was meant.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

verify_units() {
    local path until_s
    [ -n "$(units_in written)" ] || return 0
    say "now       wait until $(units_in written | paste -sd ' ') start; if a jumper is on, take it off"
    until_s=$((EPOCHSECONDS + stage_limit_s[boot:0]))
    while [ -n "$(units_in written)" ] && [ "$EPOCHSECONDS" -le "$until_s" ]; do
        see_who_booted
        sleep "$tick_s"
    done
    for path in $(units_in written); do unit_failed "$path" "written, but it $(how_it_stands "$path"); ${stage_advice[boot:0]}"; done
    [ "$units_wanted" != 1 ] || [ -z "$identity" ] || [ -z "$(units_in booted)" ] || look_inside "${unit_paths[0]}"
}
see_who_booted() {
    local path booted
    booted=$(devices_in booted | cut -d ' ' -f 1)
    for path in $(units_in written); do
        ! grep -qxF -- "$path" <<<"$booted" || unit_state[$path]=booted
    done
}
how_it_stands() { # PATH
    case $(nvidia_devices | awk -v path="$1" '$1 == path { print $2 }') in
    '') echo "is not seen on USB" ;;
    7035) echo "is still in the flashing system" ;;
    *) echo "is in recovery mode again" ;;
    esac
}
# 0955:7020 is a Jetson at 192.168.55.1 on the cable.
look_inside() { # PATH
    local told
    if ! told=$(ask_jetson "$(questions)"); then
        unit_failed "$1" "started, but ssh $user@192.168.55.1 with $identity fails; wait a minute and try it by hand, else flash with its .pub as --ssh-key"
        return
    fi
    note "inside: $told"
    compare "$1" "$told"
}
questions() {
    echo 'head -n 1 /etc/nv_tegra_release; echo "slots $(sudo nvbootctrl -t rootfs get-number-slots)"'
    echo 'findmnt -no SOURCE,FSTYPE /booth-data; findmnt -no TARGET /var/lib/booth; apt-mark showhold | grep -c nvidia-l4t'
}
ask_jetson() { # COMMANDS
    local until_s=$((EPOCHSECONDS + stage_limit_s[boot:0]))
    until timeout 30 ssh -i "$identity" -o BatchMode=yes -o ConnectTimeout=5 -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$user@192.168.55.1" "$1" 2>>"$run/ssh.log"; do
        [ "$EPOCHSECONDS" -lt "$until_s" ] || return 1
        sleep "$tick_s"
    done
}
compare() { # PATH TOLD
    if ! grep -qF -- "$tegra_release" <<<"$2"; then
        unit_failed "$1" "another release runs on it than $tegra_release; it starts from another disk: take SD card and USB disks off"
    elif ! grep -qx 'slots 2' <<<"$2"; then
        unit_failed "$1" "it does not have two systems; flash again"
    elif ! grep -q 'ext4' <<<"$2" || ! grep -qx '/var/lib/booth' <<<"$2"; then
        unit_failed "$1" "its data partition is not mounted; flash again, and with another SSD if it stays so"
    else
        say "          USB $1: $tegra_release, two systems, data partition, $(tail -n 1 <<<"$2") packages held"
    fi
}
