# NVIDIA's two archives become a tree from which a Jetson can be flashed.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

unpack_bsp() {
    rm -rf --one-file-system "$tree" "$tree.part"
    mkdir -p "$tree.part"
    watch unpack tar -xpf "$(archive_path "$bsp")" -C "$tree.part"
    [ -x "$tree.part/Linux_for_Tegra/tools/kernel_flash/l4t_initrd_flash.sh" ] ||
        fail "$bsp holds no Linux_for_Tegra/tools/kernel_flash/l4t_initrd_flash.sh; download the Driver Package (BSP)"
    mv "$tree.part/Linux_for_Tegra" "$tree"
    rmdir "$tree.part"
}
unpack_sample() {
    rm -rf --one-file-system "$rootfs"
    mkdir -p "$rootfs"
    watch sample tar -xpf "$(archive_path "$sample")" -C "$rootfs"
    [ -f "$rootfs/etc/passwd" ] || fail "$sample holds no system; download the Sample Root Filesystem"
}
apply_binaries() { watch apply in_tree ./apply_binaries.sh; }
# NVIDIA's tools want their own folder, and USER is how they know root.
in_tree() { (cd "$tree" && exec env USER=root LC_ALL=C.UTF-8 LANG=C.UTF-8 "$@"); }
