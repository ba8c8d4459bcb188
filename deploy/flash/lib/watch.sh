# Runs a tool of NVIDIA's under a watchdog: it may not stay at a step for ever, and is ended with all that it started.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

tool=
tool_pid=
touched=no
# Of each log that is followed, by its name: the step, since when, when it last grew, how much of it was read.
declare -A at_stage since_s heard_s read_bytes

# Ends in failure, with what to try, when the tool fails or stays somewhere.
watch() { # TOOL COMMAND...
    local status=0
    start_tool "$@"
    begin_following "$tool"
    while tool_runs; do
        follow "$tool" "$tool" "$tool_log"
        ! overdue "$tool" "$tool" || give_up
        sleep "$tick_s"
    done
    finish_tool || status=$?
    follow "$tool" "$tool" "$tool_log"
    [ "$status" = 0 ] || fail "${stage_name[$tool:${at_stage[$tool]}]} failed ($status); $(advice_for "$tool" "${at_stage[$tool]}" "$tool_log")"
}
give_up() {
    local place=${stage_name[$tool:${at_stage[$tool]}]}
    fail "$place: $why; $(advice_for "$tool" "${at_stage[$tool]}" "$tool_log")"
}

# With job control the tool leads a group of its own, which can be ended as a whole.
start_tool() { # TOOL COMMAND...
    tool=$1 tool_log=$run/$1.log
    shift
    touched=yes
    rm -f "$run/.pipe"
    mkfifo -m 600 "$run/.pipe"
    : >>"$tool_log"
    # Neither the tool nor what reads it keeps the lock when this command is killed.
    (exec 9>&- && stamp <"$run/.pipe" | scrub >>"$tool_log") &
    writer_pid=$!
    note "run $tool: $(head -c 300 <<<"$*" | scrub)"
    set -m
    "$@" </dev/null >"$run/.pipe" 2>&1 9>&- &
    tool_pid=$!
    set +m
}
tool_runs() { [ -n "$tool_pid" ] && kill -0 "$tool_pid" 2>/dev/null; }
# The status of a tool that ended by itself; what it left running is ended too.
finish_tool() {
    local status=0
    wait "$tool_pid" 2>/dev/null || status=$?
    end_tool
    return "$status"
}
end_tool() {
    [ -n "$tool_pid" ] || return 0
    local pid=$tool_pid
    tool_pid=
    end_processes 10 "-$pid"
    # One that hangs in the kernel, at USB or NFS, cannot be ended at all and is not waited for.
    if await_end 5 "-$pid"; then wait "$pid" 2>/dev/null || true; fi
    # What it said last is still on its way into the log.
    await_end 3 "$writer_pid" || kill -KILL "$writer_pid" 2>/dev/null || true
    rm -f "$run/.pipe"
}
# Asks nicely first: NVIDIA's tools take their exports and rules away when they are asked to end.
end_processes() { # SECONDS PID...
    local wait_s=$1
    shift
    kill -TERM -- "$@" 2>/dev/null || return 0
    await_end "$wait_s" "$@" || kill -KILL -- "$@" 2>/dev/null || true
}
await_end() { # SECONDS PID...
    local until_s=$((EPOCHSECONDS + $1))
    shift
    while kill -0 -- "$@" 2>/dev/null; do
        [ "$EPOCHSECONDS" -lt "$until_s" ] || return 1
        sleep 0.1
    done
}

begin_following() { # NAME
    at_stage[$1]=0 since_s[$1]=$EPOCHSECONDS heard_s[$1]=$EPOCHSECONDS read_bytes[$1]=0
}
# Reads what is new in a log and tells when another step begins.
follow() { # NAME TOOL LOG
    local size text stage
    size=$(stat -c %s "$3" 2>/dev/null || echo 0)
    [ "$size" -gt "${read_bytes[$1]}" ] || return 0
    text=$(tail -c +$((read_bytes[$1] + 1)) "$3" | head -c $((size - read_bytes[$1])) | tr -d '\0')
    read_bytes[$1]=$size heard_s[$1]=$EPOCHSECONDS
    stage_after "$2" "${at_stage[$1]}" "$text"
    learn_from "$1" "$text"
    [ "$stage" != "${at_stage[$1]}" ] || return 0
    at_stage[$1]=$stage since_s[$1]=$EPOCHSECONDS
    say "          $([ "$1" = "$2" ] || echo "USB $1: ")${stage_name[$2:$stage]}"
}
# Sets why when a step takes too long, or nothing was heard of it for too long.
overdue() { # NAME TOOL
    local key=$2:${at_stage[$1]}
    local limit_s=${stage_limit_s[$key]} silence_s=${stage_silence_s[$key]}
    why="takes longer than $limit_s s"
    [ $((EPOCHSECONDS - since_s[$1])) -le "$limit_s" ] || return 0
    why="nothing was heard for $silence_s s"
    [ $((EPOCHSECONDS - heard_s[$1])) -gt "$silence_s" ]
}
