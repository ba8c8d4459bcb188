# The booth's own screen: the option --screen in, a system whose screen shows the board and whose desktop stays away out.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

# One list for the package's suggestions, the README and here.
screen_packages() {
    [ "$screen" = no ] || sed -n 's/^\([a-z0-9][^ #]*\).*/\1/p' "$here/../package/screen-packages.txt"
}
# booth-screen.service waits while a desktop holds the screen; so there is none, whatever an upgrade of its packages enables.
give_screen_to_board() {
    [ "$screen" = yes ] || return 0
    local unit
    ln -sf /lib/systemd/system/multi-user.target "$rootfs/etc/systemd/system/default.target"
    # Nor does seatd serve the whole group video beside booth-seat.service, and so vision.
    for unit in display-manager gdm gdm3 seatd; do mask_unit "$unit.service"; done
    # What NVIDIA's manual does by hand before it starts Weston: without it the driver has no screen but for its own X server.
    mkdir -p "$rootfs"/etc/{modprobe.d,modules-load.d}
    echo 'options nvidia-drm modeset=1' >"$rootfs/etc/modprobe.d/booth-screen.conf"
    echo nvidia-drm >"$rootfs/etc/modules-load.d/booth-screen.conf"
}
