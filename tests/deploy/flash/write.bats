# Writing one Jetson: what appears, what is told when it fails, and what is inside afterwards.
load helpers

# Most tests begin where the image is built.
setup_file() {
    make_shared
    build_shared
}
setup() { setup_machine; }

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
@test "an error that nobody foresaw is said, and closes the run" {
    take_built
    rm "$FOLDER/r36/Linux_for_Tegra/tools/kernel_flash/l4t_initrd_flash.sh"
    printf 'x' >"$FOLDER/units.tsv" && rm "$FOLDER/units.tsv" && mkdir "$FOLDER/units.tsv"
    rewrite
    [ "$status" = 1 ]
    has "nobody foresaw"
}
