# Packages go into the Jetson's system, and NVIDIA's are held: an upgrade of those leaves a board that does not boot.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

install_packages() {
    mount_rootfs
    forbid_starts
    if [ ${#debs[@]} -gt 0 ]; then
        mkdir -p "$rootfs/tmp/booth"
        cp -- "${debs[@]}" "$rootfs/tmp/booth/"
        watch packages install_debs
    fi
    hold_packages
    rm -rf "$rootfs/tmp/booth" "$rootfs/usr/sbin/policy-rc.d" "$rootfs/etc/resolv.conf.booth"
    unmount_rootfs
}
install_debs() {
    local fetch=--no-download
    [ "$online" = no ] || { fetch='' && in_rootfs apt-get update -q; }
    # shellcheck disable=SC2046,SC2086 # a list of files without blanks; an option or none
    in_rootfs apt-get install -y -q --no-install-recommends $fetch $(cd "$rootfs" && find tmp/booth -name '*.deb' -printf '/%p\n' | sort)
}
in_rootfs() { chroot "$rootfs" env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
forbid_starts() {
    printf '#!/bin/sh\nexit 101\n' >"$rootfs/usr/sbin/policy-rc.d"
    chmod 755 "$rootfs/usr/sbin/policy-rc.d"
}
hold_packages() {
    local names
    names=$(in_rootfs dpkg-query -W -f='${Package}\n' 'nvidia-l4t-*' 2>>"$run/packages.log" | paste -sd ' ')
    [ -n "$names" ] || fail "no nvidia-l4t package is in the system; the same command with --restart"
    # shellcheck disable=SC2086 # a list of words
    in_rootfs apt-mark hold $names >>"$run/packages.log" 2>&1 || fail "apt-mark hold failed; see $run/packages.log"
    say "held      $(wc -w <<<"$names") packages of NVIDIA"
}
mount_rootfs() {
    unmount_rootfs
    mkdir -p "$rootfs"/{proc,sys,dev,tmp,usr/sbin,usr/bin}
    mount --bind /proc "$rootfs/proc"
    mount --bind /dev "$rootfs/dev"
    [ "$online" = no ] || cp -L --remove-destination /etc/resolv.conf "$rootfs/etc/resolv.conf"
}
# The innermost first; /dev must never be there when the tree is removed.
unmount_rootfs() {
    local place
    while read -r place; do
        umount "$place" || fail "$place: still mounted and in use; sudo umount -l $place, then the same command"
    done < <(awk -v tree="${rootfs:-/nowhere}/" 'index($2, tree) == 1 { print $2 }' "$system/proc/mounts" 2>/dev/null | sort -r)
}
