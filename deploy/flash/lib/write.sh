# Builds the image with NVIDIA's tool, once, and writes it to one Jetson or to several at a time.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

flash_tool=tools/kernel_flash/l4t_initrd_flash.sh

build_image() {
    # Without a key on the command line a built system is taken as it is.
    image_is_built && [ -z "$ssh_key" ] || build_system
    choose_board
    [ -f "$tree/$board.conf" ] || fail "$board.conf is not in $bsp; --board takes the name of one that is"
    local wish
    wish="board=$board root_gib=$root_gib units=$units_wanted layout=$(sha256sum <"$here/layout.py" | cut -c 1-16)"
    [ "$(cat "$state/images" 2>/dev/null)" = "$wish" ] || rm -f "$state/layout" "$state/images"
    step layout make_layout
    step images make_images "$wish"
}
build_system() {
    forget_what_changed
    step unpack unpack_bsp
    step sample unpack_sample
    step apply apply_binaries
    step user make_user
    step packages install_packages
    step identity make_it_a_booth
    step data make_data_image
}
make_images() {
    note "images for $board"
    watch images build_images
}
# Two systems, three tries each before the other one starts. Without a Jetson the module is named by numbers.
build_images() {
    local how=() module_numbers=()
    [ "$units_wanted" = 1 ] || how=(--massflash "$units_wanted")
    [ "$(count_in recovery)" = 1 ] ||
        mapfile -t module_numbers < <(numbers_of_module)
    in_tree env ROOTFS_AB=1 ROOTFS_RETRY_COUNT_MAX=3 "${module_numbers[@]}" "./$flash_tool" --no-flash "${how[@]}" \
        --external-device nvme0n1p1 -c "$own_layout" -S "${root_gib}GiB" -p "-c $qspi" --network usb0 "$board" "$(root_device)"
}
numbers_of_module() {
    printf 'BOARDID=%s\nBOARDSKU=%s\n' "$(module_field "$module" 4)" "$(module_field "$module" 5)"
    printf 'FAB=%s\nBOARDREV=%s\nCHIP_SKU=00:00:00:%s\n' "$(module_field "$module" 7)" "$(module_field "$module" 8)" "$(module_field "$module" 9)"
}
# An AGX has an eMMC besides; `external` puts the systems on the SSD alone.
root_device() { case $board in *agx*) echo external ;; *) echo internal ;; esac; }

write_units() {
    take_built_image
    await_recovery
    list_units
    [ "${#unit_paths[@]}" = "$units_wanted" ] || fail "${#unit_paths[@]} of $units_wanted Jetsons are in recovery mode; $(recovery_steps)"
    say "now       write ${unit_paths[*]}"
    if [ "$units_wanted" = 1 ]; then write_one "${unit_paths[0]}"; else write_batch; fi
    verify_units
    finish_units
}
# The image says itself what it was built for.
take_built_image() {
    local built units
    [ -f "$state/images" ] || fail "no image is built in $folder for $release; the same command with --no-flash first"
    built=$(cat "$state/images")
    board=$(sed -n 's/.*board=\([^ ]*\).*/\1/p' <<<"$built")
    units=$(sed -n 's/.*units=\([0-9]*\).*/\1/p' <<<"$built")
    [ "$units" -ge "$units_wanted" ] ||
        fail "the image was built for $units at a time; --no-flash --massflash $units_wanted, then the same command"
}
# Reading the module in order to build may have woken it.
await_recovery() {
    local until_s=$((EPOCHSECONDS + stage_limit_s[boot:0]))
    [ "$(count_in recovery)" -ge "$units_wanted" ] || say "waiting for recovery mode: $(recovery_steps)"
    while [ "$(count_in recovery)" -lt "$units_wanted" ] && [ "$EPOCHSECONDS" -lt "$until_s" ]; do
        sleep "$tick_s"
    done
}
write_one() { # PATH
    local status=0
    start_tool write in_tree "./$flash_tool" --flash-only --showlogs --network usb0 "$board" "$(root_device)"
    unit_state[$1]=writing unit_log[$1]=$tool_log
    begin_following "$1"
    while tool_runs; do
        follow "$1" write "$tool_log"
        if overdue "$1" write; then
            end_stuck "$1"
            return
        fi
        sleep "$tick_s"
    done
    finish_tool || status=$?
    judge "$1" "$status"
}
end_stuck() { # PATH
    local place=${stage_name[write:${at_stage[$1]}]}
    end_tool
    tidy_host
    unit_failed "$1" "$place: $why; $(advice_for write "${at_stage[$1]}" "${unit_log[$1]}")"
}
# A tool that ended well without its word of success did not flash.
judge() { # PATH STATUS
    follow "$1" write "${unit_log[$1]}"
    [ "$2" != 0 ] || [ "${unit_state[$1]}" != written ] || return 0
    unit_failed "$1" "${stage_name[write:${at_stage[$1]}]} failed ($2); $(advice_for write "${at_stage[$1]}" "${unit_log[$1]}")"
}
finish_units() {
    local path
    show_units
    [ "$units_wanted" != 1 ] || [ -z "${unit_serial[${unit_paths[0]}]}" ] || name_run_after "${unit_serial[${unit_paths[0]}]}"
    keep_units
    [ -z "$(units_in failed)" ] && return
    tidy_host
    path=$(units_in failed | head -n 1)
    [ "$units_wanted" != 1 ] || fail "USB $path: ${unit_advice[$path]}"
    fail "$(units_in failed | wc -l) of $units_wanted Jetsons failed: $(units_in failed | paste -sd ' '); put these into recovery mode and say --flash-only --massflash $(units_in failed | wc -l)"
}
