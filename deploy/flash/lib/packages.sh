# Packages go into the Jetson's system, and NVIDIA's are held: an upgrade of those leaves a board that does not boot.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

install_packages() {
    mount_rootfs
    forbid_starts
    # Before, so that no package takes another release in; after, for those that came with them.
    hold_packages
    if [ ${#debs[@]} -gt 0 ] || [ "$screen" = yes ]; then
        mkdir -p "$rootfs/tmp/booth"
        copy_debs
        watch packages install_debs
        hold_packages
    fi
    say "held      $(held_names | wc -w) packages of NVIDIA"
    rm -rf "$rootfs/tmp/booth" "$rootfs/usr/sbin/policy-rc.d"
    give_own_resolver_back
    unmount_rootfs
}
# By names of our own: a browser writes `booth_1.0 (1).deb`, and two files may have one name.
copy_debs() {
    local number
    for number in "${!debs[@]}"; do
        cp -- "${debs[number]}" "$rootfs/tmp/booth/$(dpkg-deb -f "${debs[number]}" Package)-$number.deb"
    done
}
install_debs() {
    local fetch=--no-download
    [ "$online" = no ] || { fetch='' && in_rootfs apt-get update -q; }
    # shellcheck disable=SC2046,SC2086 # a list of files without blanks; an option or none
    in_rootfs apt-get install -y -q --no-install-recommends $fetch $(cd "$rootfs" && find tmp/booth -name '*.deb' -printf '/%p\n' | sort) \
        $(screen_packages)
}
in_rootfs() { chroot "$rootfs" env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
forbid_starts() {
    printf '#!/bin/sh\nexit 101\n' >"$rootfs/usr/sbin/policy-rc.d"
    chmod 755 "$rootfs/usr/sbin/policy-rc.d"
}
hold_packages() {
    local names
    names=$(held_names)
    [ -n "$names" ] || fail "no nvidia-l4t package is in the system; the same command with --restart"
    # shellcheck disable=SC2086 # a list of words
    in_rootfs apt-mark hold $names >>"$run/packages.log" 2>&1 || fail "apt-mark hold failed; see $run/packages.log"
}
held_names() { in_rootfs dpkg-query -W -f='${Package}\n' 'nvidia-l4t-*' 2>>"$run/packages.log" | paste -sd ' '; }
mount_rootfs() {
    unmount_rootfs
    mkdir -p "$rootfs"/{proc,sys,dev,tmp,usr/sbin,usr/bin}
    mount --bind /proc "$rootfs/proc"
    mount --bind /dev "$rootfs/dev"
    [ "$online" = no ] || lend_resolver
}
# This machine's way to the archives, for as long as packages are installed. NVIDIA's list has a gap for the chip's name.
lend_resolver() {
    [ -e "$rootfs/etc/resolv.conf.own" ] || [ -L "$rootfs/etc/resolv.conf.own" ] || ! [ -L "$rootfs/etc/resolv.conf" ] ||
        mv "$rootfs/etc/resolv.conf" "$rootfs/etc/resolv.conf.own"
    cp -L --remove-destination /etc/resolv.conf "$rootfs/etc/resolv.conf"
    sed -i 's/<SOC>/t234/g' "$rootfs"/etc/apt/sources.list.d/nvidia-l4t-apt-source.list 2>/dev/null || true
}
give_own_resolver_back() {
    [ ! -L "$rootfs/etc/resolv.conf.own" ] || mv -f "$rootfs/etc/resolv.conf.own" "$rootfs/etc/resolv.conf"
}
# The innermost first; /dev must never be there when the tree is removed.
unmount_rootfs() { unmount_what_can || fail "$rootfs: something is still mounted in it and in use; sudo reboot, then the same command"; }
unmount_what_can() {
    local place all=0
    while read -r place; do
        umount "$place" 2>/dev/null || all=1
    done < <(awk -v tree="${rootfs:-/nowhere}/" 'index($2, tree) == 1 { print $2 }' "$system/proc/mounts" 2>/dev/null | sort -r)
    return "$all"
}
