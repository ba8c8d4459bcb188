# What is said, to the technician and to the log of the run: plain lines with the time, and no secret.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

run=
failing=

say() {
    echo "$*"
    note "$*"
}
note() { [ -z "$run" ] || printf '%(%H:%M:%S)T %s\n' -1 "$*" | scrub >>"$run/log.txt"; }
# What is wrong and what to do, in one line; the run is closed with it.
fail() {
    echo "booth: $*" >&2
    note "failed: $*"
    failing=yes
    end_tool
    tidy_host
    close_run failed "$*"
    exit 1
}
misuse() {
    echo "booth: $*; see flash --help" >&2
    failing=yes
    exit 2
}
# Wi-Fi keys, passwords, private keys and the owners of public keys never reach a file.
scrub() { sed -u -E -f "$here/scrub.sed"; }
# Lines of a tool that may stop in the middle of one: what stands there for a second is passed on as it is.
stamp() {
    local line status
    while true; do
        status=0
        IFS= read -r -t 1 line || status=$?
        line=${line##*$'\r'}
        [ -z "$line" ] || printf '%(%H:%M:%S)T %s\n' -1 "$line"
        # Over 128: nothing new for a second. Else an error: the end.
        [ "$status" = 0 ] || [ "$status" -gt 128 ] || break
    done
}
last_lines() { # FILE COUNT
    [ ! -f "$1" ] || tail -n "$2" "$1"
}

open_run() {
    run_name=$(date -u +%Y-%m-%dT%H%M%SZ)
    run=$folder/logs/$run_name
    mkdir -p "$run"
    started_s=$EPOCHSECONDS
    trap 'interrupted INT' INT
    trap 'interrupted TERM' TERM
    write_host_facts
    note "flash $command_line"
}
# The folder of a run is found by the serial number of the Jetson in its name.
name_run_after() { # SERIAL
    [[ $run != *-"$1" ]] || return 0
    mv "$run" "$run-$1"
    run=$run-$1
    run_name=$run_name-$1
}
interrupted() { # SIGNAL
    trap '' INT TERM
    end_tool
    tidy_host
    failing=yes
    echo "booth: stopped; what is finished is kept, and the same command goes on from there" >&2
    note "stopped by $1"
    close_run stopped "stopped by $1; the same command goes on"
    exit 1
}
# An error that nobody put into words still ends in a closed run and in one line.
left() { # STATUS
    [ "$1" != 0 ] && [ -z "$failing" ] || return 0
    end_tool
    tidy_host
    echo "booth: an error that nobody foresaw; send these lines and what \`flash report\` packs to the team" >&2
    close_run failed "an error that nobody foresaw; see log.txt"
    exit 1
}
