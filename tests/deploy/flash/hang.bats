# A step that takes too long is ended, and told with its place and the next thing to try.
load helpers

# Most tests begin where the image is built.
setup_file() {
    make_shared
    build_shared
}
setup() { setup_machine; }

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
@test "looking inside: nobody answers" {
    short_limits 1
    take_built
    : >"$FAKE/ssh"
    rewrite --identity "${KEY%.pub}"
    [ "$status" = 1 ]
    says "started, but ssh technician@192.168.55.1" "try it by hand"
}
