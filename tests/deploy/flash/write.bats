# Writing one Jetson: what appears, what is told when it hangs or fails, and how it goes on after a stop.
load helpers

# Most tests begin where the image is built.
setup_file() {
    make_shared
    build_shared
}
setup() { setup_machine; }
build() {
    flash --no-flash "$@"
    [ "$status" = 0 ] || { echo "$output" && return 1; }
}
summary() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$(latest)/summary.json" "$1"; }
# Nothing of NVIDIA's tool is left on the machine.
tidy() {
    [ "$(cat "$BOOTH_FLASH_SYSTEM/etc/exports")" = "/srv/other *(ro)" ]
    [ -z "$(ls "$BOOTH_FLASH_SYSTEM/etc/udev/rules.d")" ]
    [ ! -s "$BOOTH_FLASH_SYSTEM/proc/mounts" ]
}

@test "one command: from archives to a booted Jetson" {
    flash
    [ "$status" = 0 ]
    has "now       write 1-2"
    says "1-2" "1421000000001    booted"
    [ "$(summary state)" = finished ]
    [[ "$(latest)" == *-1421000000001 ]]
    grep -qP '\t1-2\torin-nano-8\t1421000000001\t0x8001\w+\tr36\tbooted$' "$FOLDER/units.tsv"
    tidy
}
@test "the image is built once: the next Jetson is only written, without archives and key" {
    take_built
    rm "$FOLDER"/*.tbz2
    rewrite
    [ "$status" = 0 ]
    plug 1 2 7523
    rewrite
    [ "$status" = 0 ]
    ! grep -q '^flash --no-flash' "$FAKE/calls"
    [ "$(grep -c '^flash --flash-only' "$FAKE/calls")" = 2 ]
    [ "$(grep -c booted "$FOLDER/units.tsv")" = 2 ]
}
@test "writing without an image says what to do first" {
    rewrite
    [ "$status" = 1 ]
    says "no image is built" "--no-flash first"
}
@test "the same command again builds nothing again" {
    take_built
    build
    has "is done   unpack"
    has "is done   images"
    ! grep -qE '^apply in|^flash' "$FAKE/calls"
}
@test "another key means another image, from the archives" {
    take_built
    ssh-keygen -q -t ed25519 -N '' -C b -f "$BATS_TEST_TMPDIR/other"
    KEY=$BATS_TEST_TMPDIR/other.pub
    build
    has "built anew"
    [ "$(grep -c '^apply in' "$FAKE/calls")" = 1 ]
    grep -qxF -- "$(cat "$KEY")" "$FOLDER/r36/Linux_for_Tegra/rootfs/home/technician/.ssh/authorized_keys"
    [ "$(wc -l <"$FOLDER/r36/Linux_for_Tegra/rootfs/home/technician/.ssh/authorized_keys")" = 1 ]
}
@test "another size of the systems means other images of the same system" {
    take_built
    build --root-gib 18
    ! grep -q '^apply in' "$FAKE/calls"
    [ "$(grep -c '^flash --no-flash' "$FAKE/calls")" = 1 ]
    grep -q -- '-S 18GiB' "$FAKE/calls"
}
@test "--restart builds everything again" {
    take_built
    build --restart
    [ "$(grep -c '^apply in' "$FAKE/calls")" = 1 ]
}
@test "a hang at 'Waiting for target to boot-up' ends, with the place and the next things to try" {
    take_built
    short_limits 1
    echo boot-hang >"$FAKE/plan"
    rewrite
    [ "$status" = 1 ]
    says "boot the Jetson: takes longer than 1 s" "no hub, a USB 2 socket or another cable, no VM; sudo systemctl stop udisks2 ModemManager"
    gone
    tidy
    [ "$(summary state)" = failed ]
}
@test "a tool that says nothing any more is ended" {
    take_built
    short_limits 60
    sed -i 's/^\(write|[^|]*|60|\)60/\11/' "$BOOTH_FLASH_STAGES"
    echo silent >"$FAKE/plan"
    rewrite
    [ "$status" = 1 ]
    says "send the first stage: nothing was heard for 1 s" "no hub"
    gone
    tidy
}
@test "a hang whose line never ends is told by its place all the same" {
    take_built
    short_limits 3
    echo ssh-hang >"$FAKE/plan"
    rewrite
    [ "$status" = 1 ]
    says "reach the Jetson: takes longer than 3 s" "end VPN and firewall"
    gone
}
@test "a hang while the image is built ends too, and what was finished is kept" {
    short_limits 2
    echo images-hang >"$FAKE/plan-images"
    flash --no-flash
    [ "$status" = 1 ]
    says "make the images: takes longer than 2 s" "the same command again"
    gone
    unset BOOTH_FLASH_STAGES
    rm "$FAKE/plan-images"
    build
    [ "$(grep -c '^apply in' "$FAKE/calls")" = 1 ]
}
fails_with() { # PLAN PLACE CURE
    take_built
    echo "$1" >"$FAKE/plan"
    rewrite
    [ "$status" = 1 ]
    says "$2" "$3"
    [ "$(summary state)" = failed ]
    grep -q 'failed$' "$FOLDER/units.tsv"
    tidy
}
@test "the Jetson does not come back" { fails_with boot-fail "boot the Jetson failed (4)" "power off for 10 s"; }
@test "USB breaks off" { fails_with usb-fail "send the first stage failed (3)" "another socket of the machine itself"; }
@test "the Jetson does not get at the NFS server" { fails_with nfs-fail "mount the images failed (103)" "sudo ufw allow nfs"; }
@test "an SSD that is too small" { fails_with small-ssd "write the SSD failed (1)" "64 GB or more"; }
@test "a tool that ends well without its word of success has not flashed" { fails_with wordless "write the SSD failed (0)" "SSD"; }
@test "the jumper left on" {
    short_limits 2
    take_built
    echo jumper >"$FAKE/plan"
    rewrite
    [ "$status" = 1 ]
    says "it is in recovery mode again" "take the jumper off"
}
@test "written, but it does not start" {
    short_limits 2
    take_built
    echo no-boot >"$FAKE/plan"
    rewrite
    [ "$status" = 1 ]
    says "is still in the flashing system" "power off for 10 s and on"
}
@test "after a failure the same command goes on with the writing" {
    take_built
    echo boot-fail >"$FAKE/plan"
    flash
    [ "$status" = 1 ]
    rm "$FAKE/plan"
    flash
    [ "$status" = 0 ]
    ! grep -q '^flash --no-flash' "$FAKE/calls"
}
# As from a terminal: a shell without job control would hand the interrupt on as ignored.
start() { # OPTIONS...
    python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])' \
        "$FLASH" --folder "$FOLDER" --ssh-key "$KEY" --accept-license "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    flash_pid=$!
}
await() { # COMMAND...
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.05
    done
    cat "$BATS_TEST_TMPDIR/said"
    return 1
}
stopped_by() { # SIGNAL
    kill "-$1" "$flash_pid"
    local status=0
    wait "$flash_pid" || status=$?
    [ "$status" = 1 ]
    grep -q "the same command goes on from there" "$BATS_TEST_TMPDIR/said"
    gone
    tidy
    [ "$(summary state)" = stopped ]
}
@test "Ctrl-C in the middle of the preparation leaves what can go on" {
    echo apply-slow >"$FAKE/plan"
    start --no-flash
    await test -e "$FAKE/applying"
    stopped_by INT
    rm "$FAKE/plan"
    build
    has "is done   unpack"
    has "now       apply"
}
@test "SIGTERM in the middle of the writing ends the tool with all its children" {
    take_built
    echo boot-hang >"$FAKE/plan"
    start --flash-only
    await grep -q "boot the Jetson" "$BATS_TEST_TMPDIR/said"
    stopped_by TERM
    rm "$FAKE/plan"
    rewrite
    [ "$status" = 0 ]
}
@test "a step that was killed in the middle is done again, whole" {
    take_built
    rm "$FOLDER/r36/state/images" "$FOLDER/r36/state/sample" "$FOLDER/r36/state/apply" "$FOLDER/r36/state/user" \
        "$FOLDER/r36/state/packages" "$FOLDER/r36/state/identity"
    rm "$FOLDER/r36/Linux_for_Tegra/rootfs/etc/passwd"
    build
    grep -q '^technician:' "$FOLDER/r36/Linux_for_Tegra/rootfs/etc/passwd"
    [ "$(grep -c 'booth: begin' "$FOLDER/r36/Linux_for_Tegra/rootfs/etc/fstab")" = 1 ]
}
@test "a second flash at the same time is refused" {
    take_built
    echo boot-hang >"$FAKE/plan"
    start --flash-only
    await grep -q "boot the Jetson" "$BATS_TEST_TMPDIR/said"
    rewrite
    [ "$status" = 1 ]
    has "another flash of this command is at work"
    kill -TERM "$flash_pid"
    wait "$flash_pid" || true
}
@test "a flash that is refused leaves the exports and rules of somebody else's flash alone" {
    take_built
    echo 4711 >"$FAKE/processes"
    printf '# Entry added by NVIDIA initrd flash tool\n/other *(rw)\n' >>"$BOOTH_FLASH_SYSTEM/etc/exports"
    touch "$BOOTH_FLASH_SYSTEM/etc/udev/rules.d/99-l4t-host.rules"
    rewrite
    [ "$status" = 1 ]
    grep -q '^/other' "$BOOTH_FLASH_SYSTEM/etc/exports"
    [ -e "$BOOTH_FLASH_SYSTEM/etc/udev/rules.d/99-l4t-host.rules" ]
}
@test "killed without warning in the middle of the preparation: it goes on all the same" {
    echo apply-slow >"$FAKE/plan"
    start --no-flash
    await test -e "$FAKE/applying"
    kill -KILL "$flash_pid"
    wait "$flash_pid" || true
    for pid in $(PATH=$REAL_PATH pgrep -f apply_binaries); do
        [[ $(readlink "/proc/$pid/cwd") != "$BATS_TEST_TMPDIR"* ]] || kill "$pid"
    done
    rm "$FAKE/plan"
    build
    has "is done   unpack"
    has "now       apply"
}
@test "no secret that a tool says reaches a log, a summary or a report" {
    take_built
    echo secrets >"$FAKE/plan"
    rewrite
    [ "$status" = 0 ]
    "$FLASH" report --folder "$FOLDER" >/dev/null
    mkdir "$BATS_TEST_TMPDIR/report"
    tar -xzf "$FOLDER"/report-*.tar.gz -C "$BATS_TEST_TMPDIR/report"
    local secret
    for secret in 'correct horse' battery-staple hunter2 b3BlbnNzaC1rZXk abcdefghijk anna@example.org; do
        if grep -rqF -- "$secret" "$FOLDER/logs" "$BATS_TEST_TMPDIR/report"; then echo "told: $secret" && return 1; fi
    done
    grep -rq 'Successfully flashed' "$BATS_TEST_TMPDIR/report"
}
@test "a log says what somebody far away needs" {
    take_built
    echo boot-fail >"$FAKE/plan"
    rewrite
    local run
    run=$(latest)
    grep -q '0955:7523' "$run/host.txt"
    grep -qE '^[0-9:]{8} .*boot the Jetson' "$run/log.txt"
    [ "$(summary board)" = jetson-orin-nano-devkit-super ]
    [[ "$(summary words)" == *"USB 1-2: boot the Jetson failed"* ]]
    [[ "$(summary last_lines)" == *"Device ping failed after RCM boot"* ]]
}
@test "looking inside: the right release, two systems, the data" {
    take_built
    printf '# R36 (release), REVISION: 4.3, GCID: 1\nslots 2\n/dev/nvme0n1p17 ext4\n/var/lib/booth\n14\n' >"$FAKE/ssh"
    rewrite --identity "${KEY%.pub}"
    [ "$status" = 0 ]
    has "two systems, data partition, 14 packages held"
}
inside() { # WHAT THE JETSON ANSWERS, PROBLEM, CURE
    take_built
    printf '%b' "$1" >"$FAKE/ssh"
    rewrite --identity "${KEY%.pub}"
    [ "$status" = 1 ]
    says "$2" "$3"
}
@test "looking inside: another release runs" { inside 'R35 (release), REVISION: 4.1\nslots 2\n' "another release" "SD card"; }
@test "looking inside: one system only" { inside '# R36 (release), REVISION: 4.3\nslots 1\n' "does not have two systems" "flash again"; }
@test "looking inside: no data partition" { inside '# R36 (release), REVISION: 4.3\nslots 2\n' "data partition is not mounted" "another SSD"; }
@test "looking inside: nobody answers" {
    short_limits 1
    take_built
    : >"$FAKE/ssh"
    rewrite --identity "${KEY%.pub}"
    [ "$status" = 1 ]
    says "started, but ssh technician@192.168.55.1" "try it by hand"
}
@test "an error that nobody foresaw is said, and closes the run" {
    take_built
    rm "$FOLDER/r36/Linux_for_Tegra/tools/kernel_flash/l4t_initrd_flash.sh"
    printf 'x' >"$FOLDER/units.tsv" && rm "$FOLDER/units.tsv" && mkdir "$FOLDER/units.tsv"
    rewrite
    [ "$status" = 1 ]
    has "nobody foresaw"
}
