# A batch: each Jetson has a line of its own, and one that fails does not stop the others.
load helpers

setup_file() {
    make_shared
    build_shared --massflash 3 --module orin-nano-8
}
setup() {
    setup_machine
    take_built
    plug 1 3 7523
    plug 2 1.4 7523
}
line_of() { grep -E "^$1 " <<<"$output" | tail -n 1; }

@test "three Jetsons at a time" {
    rewrite --massflash 3
    [ "$status" = 0 ]
    [[ "$(line_of 1-2)" == *booted* && "$(line_of 1-3)" == *booted* && "$(line_of 2-1.4)" == *booted* ]]
    [ "$(grep -c booted "$FOLDER/units.tsv")" = 3 ]
    [ "$(cut -f 5 "$FOLDER/units.tsv" | sort -u | wc -l)" = 4 ]
    [ -s "$(latest)/unit-2-1.4.log" ]
    grep -q -- '^flash --no-flash --massflash 3 ' "$BATS_FILE_TMPDIR/once/fake/calls"
    grep -q -- '^flash --flash-only --massflash 3 ' "$FAKE/calls"
}
@test "one of three fails: the others are flashed, and the next command is said" {
    echo usb-fail >"$FAKE/plan-1-3"
    rewrite --massflash 3
    [ "$status" = 1 ]
    [[ "$(line_of 1-2)" == *booted* && "$(line_of 2-1.4)" == *booted* ]]
    [[ "$(line_of 1-3)" == *failed*"another socket"* ]]
    says "1 of 3 Jetsons failed: 1-3" "--flash-only --massflash 1"
    rm "$FAKE/plan-1-3"
    rewrite
    [ "$status" = 0 ]
    [[ "$(line_of 1-3)" == *booted* ]]
}
@test "one of three hangs: it is ended alone" {
    short_limits 60
    sed -i 's/^\(write|boot the Jetson|\)60/\11/' "$BOOTH_FLASH_STAGES"
    echo boot-hang >"$FAKE/plan-2-1.4"
    # Still at work when the other one is ended.
    echo slow >"$FAKE/plan-1-2"
    rewrite --massflash 3
    [ "$status" = 1 ]
    [[ "$(line_of 1-2)" == *booted* && "$(line_of 1-3)" == *booted* ]]
    [[ "$(line_of 2-1.4)" == *failed*"boot the Jetson: takes longer than 1 s"* ]]
    gone
}
@test "NVIDIA's tool does not end after its last Jetson: it is ended" {
    short_limits 3
    echo master-hang >"$FAKE/plan-master"
    rewrite --massflash 3
    [ "$status" = 0 ]
    gone
}
@test "an image for one is not written to three" {
    sed -i 's/units=3/units=1/' "$FOLDER/r36/state/images"
    rewrite --massflash 3
    [ "$status" = 1 ]
    says "built for 1 at a time" "--no-flash --massflash 3"
}
@test "the summary has all of them" {
    echo usb-fail >"$FAKE/plan-1-3"
    rewrite --massflash 3
    python3 - "$(latest)/summary.json" <<'CHECK'
import json, sys
units = {unit["usb"]: unit for unit in json.load(open(sys.argv[1]))["units"]}
assert {usb: unit["state"] for usb, unit in units.items()} == {"1-2": "booted", "1-3": "failed", "2-1.4": "booted"}, units
assert units["1-2"]["serial"] and "socket" in units["1-3"]["advice"]
CHECK
}
