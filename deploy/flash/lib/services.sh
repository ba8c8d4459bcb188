# What else on this machine grabs a Jetson that appears, and how to keep it away meanwhile.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

check_automount() {
    ! systemctl is-active --quiet udisks2 2>/dev/null ||
        stands "udisks mounts the Jetson's disks while they are written" "sudo systemctl stop udisks2 (it is back after the next start)"
}
check_modems() {
    ! systemctl is-active --quiet ModemManager 2>/dev/null ||
        stands "ModemManager talks to the Jetson's serial line" "sudo systemctl stop ModemManager (it is back after the next start)"
}
check_autosuspend() {
    [ "$(cat "$system/sys/module/usbcore/parameters/autosuspend" 2>/dev/null || echo -1)" = -1 ] ||
        stands "USB devices are put to sleep" "echo -1 | sudo tee /sys/module/usbcore/parameters/autosuspend"
}
check_sleep() {
    ! systemctl is-active --quiet sleep.target 2>/dev/null || stands "the machine is about to sleep" "plug it in and keep its lid open"
}
check_other_flash() {
    local pid
    pid=$(pgrep -f 'l4t_initrd_flash|apply_binaries\.sh|tegrarcm_v2|tegraflash\.py|sdkmanager' | grep -vx $$ | head -n 1 || true)
    [ -z "$pid" ] || stands "another flash is at work (process $pid)" "wait until it ends, or close NVIDIA's SDK Manager"
}
# NFS exports and udev rules are the whole machine's, so there is one flash at a time on it.
take_lock() {
    mkdir -p "$system/run/lock" 2>/dev/null || true
    exec 9>>"$system/run/lock/booth-flash.lock" || fail "$system/run/lock: not writable; sudo flash ..."
    # What a killed flash was just waiting in holds the lock for a moment more.
    flock -w 2 9 || fail "another flash of this command is at work on this machine; wait until it ends"
}
# What a killed tool of NVIDIA's leaves behind and the next flash stumbles over; never that of somebody else's flash.
tidy_host() {
    [ "$touched" = yes ] || return 0
    rm -f "$system"/etc/udev/rules.d/99-l4t-host.rules "$system"/etc/udev/rules.d/10-l4t-usb-msd.rules
    local exports=$system/etc/exports
    ! grep -qs '^# Entry added by NVIDIA initrd flash tool' "$exports" ||
        sed -i '/^# Entry added by NVIDIA initrd flash tool/,+1d' "$exports"
    # Also what was exported without a line in the file.
    exportfs -ra >/dev/null 2>&1 || true
    unmount_what_can || true
}
