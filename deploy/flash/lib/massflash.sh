# Several Jetsons at a time: NVIDIA's tool starts one process for each, and each is followed in a log of its own.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

write_batch() {
    local status=0 path
    touch "$run/.batch"
    start_tool write in_tree "./$flash_tool" --flash-only --massflash "$units_wanted" --network usb0 "$board" "$(root_device)"
    begin_following write
    for path in "${unit_paths[@]}"; do begin_following "$path"; done
    while tool_runs; do
        look_at_units
        ! nobody_left || break
        sleep "$tick_s"
    done
    [ -z "$tool_pid" ] || finish_tool || status=$?
    look_at_units
    for path in "${unit_paths[@]}"; do judge_one_of_many "$path" "$status"; done
    keep_unit_logs
    rm -f "$run/.batch"
}
# NVIDIA's tool looks every 5 s whether its processes are there still; when it does not end then, it is ended.
nobody_left() {
    [ -n "$(units_in waiting)$(units_in writing)" ] || await_end "${stage_silence_s[write:0]}" "$tool_pid" || end_tool
    [ -z "$tool_pid" ]
}
look_at_units() {
    local path
    find_starts
    for path in "${unit_paths[@]}"; do
        case ${unit_state[$path]} in
        waiting) ! overdue "$path" write || unit_failed "$path" "never begun; take it off and on again, in recovery mode" ;;
        writing) look_at_unit "$path" ;;
        esac
    done
}
# `Start flashing device: 1-10, rcm instance: 0, PID: 6385`
find_starts() {
    local path pid
    while read -r path pid; do
        [ "${unit_state[$path]:-}" = waiting ] || continue
        unit_state[$path]=writing unit_pid[$path]=$pid
        begin_following "$path"
    done < <(sed -n 's/.*Start flashing device: \([^ ,]*\), rcm instance: [0-9]*, PID: \([0-9]*\).*/\1 \2/p' "$tool_log")
}
look_at_unit() { # PATH
    [ -n "${unit_log[$1]}" ] || unit_log[$1]=$(newest_log "$1")
    [ -z "${unit_log[$1]}" ] || follow "$1" write "${unit_log[$1]}"
    [ "${unit_state[$1]}" = writing ] || return 0
    if overdue "$1" write; then
        end_unit "${unit_pid[$1]}"
        unit_failed "$1" "${stage_name[write:${at_stage[$1]}]}: $why; $(advice_for write "${at_stage[$1]}" "${unit_log[$1]}")"
    elif ! kill -0 "${unit_pid[$1]}" 2>/dev/null; then
        judge_one_of_many "$1" 1
    fi
}
newest_log() { # PATH
    find "$tree/initrdlog" -name "flash_$1_*.log" -newer "$run/.batch" 2>/dev/null | sort | tail -n 1
}
judge_one_of_many() { # PATH STATUS
    [ -z "${unit_log[$1]}" ] || follow "$1" write "${unit_log[$1]}"
    case ${unit_state[$1]} in
    written | failed) ;;
    *) unit_failed "$1" "${stage_name[write:${at_stage[$1]}]} failed; $(advice_for write "${at_stage[$1]}" "${unit_log[$1]:-/dev/null}")" ;;
    esac
}
# One that stays somewhere is ended alone; the others go on.
end_unit() { # PID
    local pids
    pids=$(descendants "$1")
    # shellcheck disable=SC2086 # a list of numbers
    end_processes 5 $pids
}
descendants() { # PID
    local child
    for child in $(pgrep -P "$1" || true); do descendants "$child"; done
    echo "$1"
}
keep_unit_logs() {
    local path
    for path in "${unit_paths[@]}"; do
        [ -z "${unit_log[$path]}" ] || scrub <"${unit_log[$path]}" >"$run/unit-$path.log"
    done
}
