# The folder of a run, for somebody who was not there: what was wanted, on which machine, how it ended, the last words.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

# Each fact under its command; a machine that lacks one goes on.
write_host_facts() {
    local fact
    while read -r fact; do
        printf '# %s\n' "$fact"
        bash -c "$fact" </dev/null 2>&1 | head -n 60 || true
        echo
    done <"$here/facts.txt" | scrub >"$run/host.txt"
}
close_run() { # STATE WORDS
    [ -n "$run" ] || return 0
    trap - EXIT
    [ "$1" = finished ] || dmesg 2>/dev/null | tail -n 100 | scrub >"$run/dmesg.txt" || true
    {
        printf 'state\t%s\nwords\t%s\nrelease\t%s\nboard\t%s\ncommand\t%s\n' "$1" "$2" "$release" "$board" "$command_line"
        printf 'started_s\t%s\nseconds\t%s\nsteps\t%s\n' "$started_s" $((EPOCHSECONDS - started_s)) "$(steps_done)"
    } | scrub | python3 "$here/summary.py" "$run" <(unit_rows) >"$run/summary.json.new" && mv "$run/summary.json.new" "$run/summary.json"
    [ "$1" = finished ] && say "done; log and summary are in $run" && return
    echo "booth: log and summary are in $run; \`flash report\` packs them for whoever helps" >&2
}
steps_done() { find "$state" -maxdepth 1 -type f ! -name '.*' ! -name inputs -printf '%f\n' 2>/dev/null | sort | paste -sd ' '; }
unit_rows() {
    local path
    for path in "${unit_paths[@]}"; do
        printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$path" "${unit_kind[$path]}" "${unit_serial[$path]}" "${unit_chip[$path]}" \
            "${unit_state[$path]}" "${unit_advice[$path]}"
    done
}

# Every file is scrubbed once more on its way out.
pack_report() { # [RUN]
    [ $# -le 1 ] || misuse "report takes one run at the most"
    local name=${1:-} source copy target file
    [ -n "$name" ] || name=$(find "$folder/logs" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' 2>/dev/null | sort | tail -n 1 || true)
    [ -n "$name" ] || fail "no run is in $folder/logs; say --folder DIR"
    source=$folder/logs/$name target=$folder/report-$name.tar.gz
    [[ $name != */* && -d $source ]] || fail "$name: no such run in $folder/logs"
    copy=$(mktemp -d)
    mkdir "$copy/$name"
    for file in "$source"/*; do
        [ ! -f "$file" ] || scrub <"$file" >"$copy/$name/${file##*/}"
    done
    tar -czf "$target" -C "$copy" "$name"
    rm -rf "$copy"
    echo "$target is what to send"
}
