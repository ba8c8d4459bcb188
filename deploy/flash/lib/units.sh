# The Jetsons of this run: what is known of each, and the table of them that is shown and kept.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

unit_paths=()
# By the path on USB: waiting, writing, written, booted or failed; serial number; chip id; log; process; what to try.
declare -A unit_state unit_serial unit_chip unit_kind unit_log unit_pid unit_advice

list_units() {
    local path id speed
    unit_paths=()
    while read -r path id speed; do
        unit_paths+=("$path")
        unit_state[$path]=waiting unit_serial[$path]='' unit_chip[$path]='' unit_kind[$path]=${id_module[$id]}
        unit_log[$path]='' unit_pid[$path]='' unit_advice[$path]=''
    done < <(devices_in recovery)
}
# NVIDIA's tool says both in passing.
learn_from() { # PATH TEXT
    [ -n "${unit_state[$1]:-}" ] || return 0
    local found
    found=$(grep -oE 'Serial Number: [0-9A-Za-z]+' <<<"$2" | tail -n 1) || true
    [ -z "$found" ] || unit_serial[$1]=${found##* }
    found=$(grep -oE 'BR_CID: 0x[0-9A-Fa-f]+' <<<"$2" | tail -n 1) || true
    [ -z "$found" ] || unit_chip[$1]=${found##* }
    ! grep -qE 'Flash is successful|Flashing success' <<<"$2" || unit_state[$1]=written
}
unit_failed() { # PATH ADVICE
    unit_state[$1]=failed unit_advice[$1]=$2
    say "          USB $1: failed; $2"
}
units_in() { # STATE
    local path
    for path in "${unit_paths[@]}"; do
        [ "${unit_state[$path]}" != "$1" ] || echo "$path"
    done
}
show_units() {
    local path
    say "$(printf '%-10s %-14s %-16s %-9s %s' USB module 'serial number' state 'what to do')"
    for path in "${unit_paths[@]}"; do
        say "$(printf '%-10s %-14s %-16s %-9s %s' "$path" "${unit_kind[$path]}" "${unit_serial[$path]:-unknown}" \
            "${unit_state[$path]}" "${unit_advice[$path]}")"
    done
}
# Every unit that was ever flashed from this folder, one line each time.
keep_units() {
    local path
    [ -f "$folder/units.tsv" ] ||
        printf 'at\trun\tusb\tmodule\tserial\tchip\trelease\tstate\n' >"$folder/units.tsv"
    for path in "${unit_paths[@]}"; do
        printf '%(%FT%TZ)T\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' -1 "$run_name" "$path" "${unit_kind[$path]}" \
            "${unit_serial[$path]}" "${unit_chip[$path]}" "$release" "${unit_state[$path]}"
    done >>"$folder/units.tsv"
}
