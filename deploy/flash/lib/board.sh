# The Jetsons at this machine's USB: which module each is, and whether it listens to a flash.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

# By the module's name its row of modules.txt; by the USB id the first name that has it, and what it is in words.
declare -A module_row id_module id_words

read_modules() {
    local id name words rest
    while IFS='|' read -r id name words rest; do
        [[ $id != '#'* ]] || continue
        module_row[$name]="$id|$name|$words|$rest"
        [ -n "${id_module[$id]:-}" ] || id_module[$id]=$name id_words[$id]=$words
    done <"$here/modules.txt"
}
module_names() { printf '%s\n' "${!module_row[@]}" | sort; }
module_known() { [ -n "${module_row[$1]:-}" ]; }
module_field() { cut -d '|' -f "$2" <<<"${module_row[$1]:-}"; } # NAME COLUMN

# One line per device of NVIDIA: PATH ID SPEED, the path as NVIDIA's tools write it (bus-port.port).
nvidia_devices() {
    local device vendor bus port id speed
    for device in "$system"/sys/bus/usb/devices/*; do
        { read -r vendor <"$device/idVendor"; } 2>/dev/null && [ "$vendor" = 0955 ] || continue
        # One that goes away meanwhile is none.
        { read -r bus <"$device/busnum" && read -r port <"$device/devpath" && read -r id <"$device/idProduct" &&
            read -r speed <"$device/speed"; } 2>/dev/null || continue
        echo "$bus-$port $id $speed"
    done
}
state_of_id() { # USB ID
    case $1 in
    7020) echo booted ;;
    7035) echo halfway ;;
    7045) echo debug ;;
    *) if [ -n "${id_module[$1]:-}" ]; then echo recovery; else echo foreign; fi ;;
    esac
}
# The same, of those in one state.
devices_in() { # STATE
    local path id speed
    while read -r path id speed; do
        [ "$(state_of_id "$id")" != "$1" ] || echo "$path $id $speed"
    done < <(nvidia_devices)
}
count_in() { # STATE
    local found=()
    mapfile -t found < <(devices_in "$1")
    echo "${#found[@]}"
}

check_usb() {
    case $(count_in recovery) in
    0) tell_absence ;;
    "$units_wanted") check_cable ;;
    *) tell_number ;;
    esac
}
tell_absence() {
    if [ "$(count_in halfway)" != 0 ]; then
        stands "a Jetson still waits for a flash that ended (0955:7035)" \
            "take its power away for 10 s, then into recovery mode again"
    elif [ "$(count_in booted)" != 0 ]; then
        stands "a Jetson is on the cable but runs normally (0955:7020)" "recovery mode: $(recovery_steps)"
    elif [ "$(count_in foreign)" != 0 ]; then
        stands "what is on the cable is no Orin: 0955:$(devices_in foreign | awk 'NR == 1 { print $2 }')" \
            "this command flashes Orin Nano, NX and AGX only"
    elif [ "$(count_in debug)" != 0 ]; then
        stands "the cable is in the debug port of the AGX dev kit (0955:7045)" \
            "put it into the USB-C socket beside the 40-pin header"
    else
        stands "no Jetson on USB" "another cable with data lines, a socket of the machine itself, no hub; then $(recovery_steps)"
    fi
}
recovery_steps() {
    echo "power off, join FC REC and GND (dev kit: pins 9 and 10 under the module, or hold the middle button of an AGX), power on"
}
tell_number() {
    local found
    found=$(count_in recovery)
    if [ "$units_wanted" = 1 ]; then
        stands "$found Jetsons are in recovery mode" "leave one on, or flash them together: --massflash $found --flash-only"
    elif [ "$found" -gt "$units_wanted" ]; then
        stands "$found Jetsons are in recovery mode, not $units_wanted" "say --massflash $found, or take some off"
    else
        stands "$found of $units_wanted Jetsons are in recovery mode" \
            "see which is missing: $(devices_in recovery | cut -d ' ' -f 1 | paste -sd ' ') are there"
    fi
}
check_cable() {
    local path id speed
    while read -r path id speed; do
        [ "$speed" -ge 480 ] || stands "USB $path runs at $speed Mbit/s only" "a better and shorter cable, at another socket"
        [[ $path != *.* || $units_wanted != 1 ]] || hint "USB $path is behind a hub; hubs are what most flashes fail of"
        [ -z "$module" ] || [ "$(module_field "$module" 1)" = "$id" ] ||
            stands "USB $path is a ${id_words[$id]}" "--module ${id_module[$id]}, or put the other one on"
    done < <(devices_in recovery)
    one_kind || stands "the Jetsons are of different kinds" "one batch per kind: the image fits one only"
}
one_kind() { [ "$(devices_in recovery | cut -d ' ' -f 2 | sort -u | grep -c .)" -le 1 ]; }
# Without a Jetson to ask, the image is built for the module that is named.
check_module() {
    [ -n "$module" ] || [ "$(count_in recovery)" != 0 ] ||
        stands "no Jetson to ask for its kind" "--module NAME, or put one into recovery mode: $(recovery_steps)"
}
choose_board() {
    local id
    id=$(devices_in recovery | awk 'NR == 1 { print $2 }')
    [ -n "$module" ] || module=${id_module[$id]:-}
    [ -n "$module" ] || fail "no Jetson to ask for its kind; --module NAME, or put one into recovery mode"
    [ -n "$board" ] || board=$(module_field "$module" 6)
}
