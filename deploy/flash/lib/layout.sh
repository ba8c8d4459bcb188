# The partitions of the SSD: NVIDIA's for two systems, and the booth's data behind them.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

own_layout=tools/kernel_flash/booth_nvme_rootfs_ab.xml
data_gib=8

make_layout() {
    local told
    [ -f "$tree/$layout" ] || fail "$layout is not in $bsp; is $release_file of that release?"
    [ -f "$tree/$qspi" ] || fail "$qspi is not in $bsp; is $release_file of that release?"
    told=$(python3 "$here/layout.py" "$tree/$layout" "$tree/$own_layout" \
        $((data_gib * 1024 ** 3)) $((root_gib * 1024 ** 3)) 2>&1) || fail "the partition layout is refused: $told"
    note "layout $own_layout: two systems of $root_gib GiB, booth-data of $data_gib GiB that grows to the end"
}
