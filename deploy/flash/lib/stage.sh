# Which step a tool is at, by its own words, and what to try when it stays there; both are lines of stages.txt.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

# Of each step by TOOL:NUMBER; of each tool how many there are.
declare -A stage_name stage_limit_s stage_silence_s stage_words stage_advice stage_count

# The words may hold a bar: what lies between the fourth and the last one.
read_stages() {
    local tool name limit_s silence_s rest key
    while IFS='|' read -r tool name limit_s silence_s rest; do
        [[ $tool != '#'* ]] || continue
        key=$tool:${stage_count[$tool]:-0}
        stage_count[$tool]=$((${stage_count[$tool]:-0} + 1))
        stage_name[$key]=$name stage_limit_s[$key]=$limit_s stage_silence_s[$key]=$silence_s
        stage_words[$key]=${rest%|*} stage_advice[$key]=${rest##*|}
    done <"${BOOTH_FLASH_STAGES:-$here/stages.txt}"
}
# Sets stage to the last step whose words are in the text, at least the one that it is at: a tool goes forwards only.
stage_after() { # TOOL STAGE TEXT
    local number words
    stage=$2
    for ((number = $2 + 1; number < stage_count[$1]; number++)); do
        words=${stage_words[$1:$number]}
        if [ -n "$words" ] && [[ $3 =~ $words ]]; then stage=$number; fi
    done
}
# What to do about a tool that failed: by its last words, else by the step that it was at.
advice_for() { # TOOL STAGE LOG
    local row text words
    text=$(last_lines "$3" 60)
    while read -r row; do
        words=${row%|*}
        [[ $row != '#'* && $text =~ $words ]] || continue
        echo "${row##*|}"
        return
    done <"$here/signatures.txt"
    echo "${stage_advice[$1:$2]}"
}
