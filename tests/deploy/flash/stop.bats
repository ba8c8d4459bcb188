# Stopped in the middle, by a person, by the machine or by another flash: the same command goes on from there.
load helpers

# Most tests begin where the image is built.
setup_file() {
    make_shared
    build_shared
}
setup() { setup_machine; }

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
