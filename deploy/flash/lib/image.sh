# The Jetson's system becomes a booth's: nothing of one unit in it, its data on a partition of their own.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

# What both systems share. /var/lib as a whole would mix the package lists of two systems.
shared='/etc/booth /var/lib/booth /var/lib/booth-update /var/cache/booth /var/log/journal'
data_mb=256

make_it_a_booth() {
    [ ! -f "$rootfs/usr/bin/qemu-aarch64-static" ] || rm -f "$rootfs/usr/bin/qemu-aarch64-static"
    cp -r --no-preserve=ownership "$here/rootfs/." "$rootfs/"
    enable_unit booth-identity.service
    enable_unit booth-fit.service
    take_identity_away
    close_serial_lines
    give_screen_to_board
    write_fstab
}
enable_unit() { # UNIT
    mkdir -p "$rootfs/etc/systemd/system/multi-user.target.wants"
    ln -sf "/etc/systemd/system/$1" "$rootfs/etc/systemd/system/multi-user.target.wants/$1"
}
# Each unit makes its own at its first start.
take_identity_away() {
    : >"$rootfs/etc/machine-id"
    rm -f "$rootfs"/etc/ssh/ssh_host_* "$rootfs/var/lib/dbus/machine-id" "$rootfs/var/lib/systemd/random-seed"
    mkdir -p "$rootfs/var/lib/dbus"
    ln -s /etc/machine-id "$rootfs/var/lib/dbus/machine-id"
    find "$rootfs/var/log" -type f -delete 2>/dev/null || true
}
mask_unit() { # UNIT
    mkdir -p "$rootfs/etc/systemd/system"
    ln -sf /dev/null "$rootfs/etc/systemd/system/$1"
}
# Whoever opens the case finds no login on its pins nor on the USB cable.
close_serial_lines() {
    local line
    rm -rf "$rootfs"/etc/systemd/system/{serial-getty@*.service.d,getty@tty1.service.d}
    for line in ttyTCU0 ttyS0 ttyAMA0 ttyGS0 ttyTHS0 ttyTHS1; do mask_unit "serial-getty@$line.service"; done
    mask_unit nvgetty.service
    mask_unit serial-getty@.service
}
# A power cut costs what was not yet written, never what was; a broken partition leaves a machine that can be reached.
write_fstab() {
    local fstab=$rootfs/etc/fstab place options
    touch "$fstab"
    sed -i '/# booth: begin/,/# booth: end/d' "$fstab"
    options=noatime,nodev,nosuid,data=ordered,errors=remount-ro,commit=15,nofail,x-systemd.device-timeout=30s,x-systemd.growfs
    {
        echo "# booth: begin"
        echo "PARTLABEL=booth-data /booth-data ext4 $options 0 2"
        for place in $shared; do
            echo "/booth-data/shared$place $place none bind,nofail,x-systemd.requires-mounts-for=/booth-data 0 0"
        done
        echo "# booth: end"
    } >>"$fstab"
    require_mounts
}
# Without its data a booth does not start, instead of beginning anew on the system's own disk.
require_mounts() {
    local place unit
    mkdir -p "$rootfs/booth-data"
    for place in $shared; do mkdir -p "$rootfs$place"; done
    # These mounts may come after local-fs.target. Whoever looked before they are there would see a booth without an
    # update, a reset without keys to remove, or one that has no identity yet.
    for unit in booth-vision booth-uplink booth-display booth-provision booth-provision@ booth-factory-reset booth-update \
        booth-update-boot booth-update-switch booth-screen; do
        mkdir -p "$rootfs/etc/systemd/system/$unit.service.d"
        printf '[Unit]\nRequiresMountsFor=%s\n' "$(tr ' ' '\n' <<<"$shared" | grep booth | paste -sd ' ')" \
            >"$rootfs/etc/systemd/system/$unit.service.d/10-data.conf"
    done
}
# Empty but for the folders that are bound into both systems, with what the packages put there. It grows at the first start.
make_data_image() {
    local content=$folder/$release/data place image=$tree/bootloader/booth-data.img
    rm -rf --one-file-system "$content"
    mkdir -p "$content/identity"
    chmod 700 "$content/identity"
    for place in $shared; do
        mkdir -p "$content/shared${place%/*}"
        cp -a "$rootfs$place" "$content/shared$place"
    done
    rm -f "$image"
    truncate -s "${data_mb}M" "$image"
    # Named features only: what a newer Ubuntu adds by itself, an older one on the Jetson refuses to check.
    watch data mkfs.ext4 -q -F -T default -b 4096 -L booth-data -m 1 -J size=32 -E resize=1073741824,lazy_itable_init=0 \
        -O none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum \
        -d "$content" "$image"
    rm -rf --one-file-system "$content"
}
