# Which step a tool is at, by its own words, and what to try when it stays there; both are lines of stages.txt.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

stages=${BOOTH_FLASH_STAGES:-$here/stages.txt}

# The words may hold a bar, so the last field is the advice and what lies between are the words.
stage_rows() { # TOOL
    awk -F '|' -v tool="$1" '$1 == tool' "$stages"
}
stage_count() { stage_rows "$1" | grep -c .; }
stage_row() { stage_rows "$1" | sed -n "$(($2 + 1))p"; }
stage_name() { stage_row "$1" "$2" | cut -d '|' -f 2; }
stage_limit_s() { stage_row "$1" "$2" | cut -d '|' -f 3; }
stage_silence_s() { stage_row "$1" "$2" | cut -d '|' -f 4; }
stage_words() { stage_row "$1" "$2" | awk -F '|' '{ for (i = 5; i < NF; i++) printf "%s%s", (i > 5 ? "|" : ""), $i }'; }
stage_advice() { stage_row "$1" "$2" | awk -F '|' '{ print $NF }'; }

# The last step whose words are in the text, at least the one that it is at: a tool goes forwards only.
stage_after() { # TOOL STAGE TEXT
    local at=$2 number words
    for ((number = $2 + 1; number < $(stage_count "$1"); number++)); do
        words=$(stage_words "$1" "$number")
        if [ -n "$words" ] && grep -qE -- "$words" <<<"$3"; then at=$number; fi
    done
    echo "$at"
}
# What to do about a tool that failed: by its last words, else by the step that it was at.
advice_for() { # TOOL STAGE LOG
    local row text
    text=$(last_lines "$3" 60)
    while read -r row; do
        if grep -qE -- "${row%|*}" <<<"$text"; then
            echo "${row##*|}"
            return
        fi
    done < <(grep -v '^#' "$here/signatures.txt")
    stage_advice "$1" "$2"
}
