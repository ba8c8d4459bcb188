# The command line, the recording of NVIDIA's sums, and the report.
load helpers

setup() { setup_machine; }
wrong() { # WORDS... : what is said of them
    [ "$status" = 2 ]
    has "$1"
    has "see flash --help"
}

@test "--help says everything on one screen and touches nothing" {
    run "$FLASH" --help
    [ "$status" = 0 ]
    [ "${#lines[@]}" -le 40 ]
    local word
    for word in --check --no-flash --flash-only --massflash pin report --release --board --module --ssh-key --user --deb --no-booth \
        --screen --online --root-gib --accept-license --folder --identity --accept --restart; do
        has "$word"
    done
    [ "$(awk '{ if (length($0) > longest) longest = length($0) } END { print longest }' <<<"$output")" -le 150 ]
}
@test "wrong use ends with 2 and names the word" {
    run "$FLASH" --frobnicate
    wrong "--frobnicate"
    run "$FLASH" --frobnicate value
    wrong "--frobnicate: unknown option"
    run "$FLASH" --folder
    wrong "--folder: unknown, or its value is missing"
    run "$FLASH" --no-flash --flash-only
    wrong "nothing to do"
    run "$FLASH" --massflash 0
    wrong "--massflash 0"
    run "$FLASH" --massflash 11
    wrong "--massflash 11"
    run "$FLASH" --root-gib 40
    wrong "--root-gib 40"
    run "$FLASH" --user root
    wrong "--user root"
    run "$FLASH" --user "a b"
    wrong "--user a b"
    run "$FLASH" --folder "/tmp/a b"
    wrong "without blanks"
    run "$FLASH" --board '../x'
    wrong "--board ../x"
    run "$FLASH" --module toaster
    wrong "--module toaster: one of agx-orin-32"
    run "$FLASH" --accept everything
    wrong "--accept everything: vm or host"
    run "$FLASH" --release r35 --check
    wrong "--release r35: one of r36 r39"
    run "$FLASH" pin
    wrong "pin takes one file"
}
@test "pin records both sums of an archive that has the sum of NVIDIA's page" {
    local file=$FOLDER/Jetson_Linux_r36.4.3_aarch64.tbz2
    sed -i 's/^\(bsp_sha[0-9]*\)=.*/\1=/' "$BOOTH_FLASH_RELEASES/r36.conf"
    run "$FLASH" pin "$file" --sum "$(sha256sum "$file" | cut -d ' ' -f 1 | tr a-f A-F)"
    [ "$status" = 0 ]
    grep -qx "bsp_sha256=$(sha256sum "$file" | cut -d ' ' -f 1)" "$BOOTH_FLASH_RELEASES/r36.conf"
    grep -qx "bsp_sha1=$(sha1sum "$file" | cut -d ' ' -f 1)" "$BOOTH_FLASH_RELEASES/r36.conf"
}
@test "pin refuses an archive that has not, and records nothing" {
    local before
    before=$(cat "$BOOTH_FLASH_RELEASES/r36.conf")
    run "$FLASH" pin "$FOLDER/Jetson_Linux_r36.4.3_aarch64.tbz2" --sum 0000
    [ "$status" = 1 ]
    has "NVIDIA's page says 0000, the file is another; download it again"
    [ "$(cat "$BOOTH_FLASH_RELEASES/r36.conf")" = "$before" ]
}
@test "pin without a sum and without somebody to ask says where the sum is" {
    run "$FLASH" pin "$FOLDER/Jetson_Linux_r36.4.3_aarch64.tbz2" </dev/null
    [ "$status" = 1 ]
    has "release_sha_hashes.txt"
}
@test "pin of a file that no release uses" {
    touch "$BATS_TEST_TMPDIR/x.tbz2"
    run "$FLASH" pin "$BATS_TEST_TMPDIR/x.tbz2" --sum 1
    [ "$status" = 1 ]
    has "no release"
}
@test "the releases as they come are not pinned: each technician compares" {
    grep -qx 'bsp_sha256=' "$HERE/../../../deploy/flash/releases/r36.conf"
    grep -qx 'sample_sha1=' "$HERE/../../../deploy/flash/releases/r39.conf"
}
@test "a report without a run, and of a run that is not there" {
    run "$FLASH" report --folder "$FOLDER"
    [ "$status" = 1 ]
    has "no run is in"
    mkdir -p "$FOLDER/logs/x"
    run "$FLASH" report --folder "$FOLDER" y
    [ "$status" = 1 ]
    has "y: no such run"
    run "$FLASH" report --folder "$FOLDER" ../site
    [ "$status" = 1 ]
}
@test "a report scrubs what somebody else wrote into the folder" {
    mkdir -p "$FOLDER/logs/x"
    echo 'psk="hunter2 and more"' >"$FOLDER/logs/x/notes.txt"
    run "$FLASH" report --folder "$FOLDER"
    [ "$status" = 0 ]
    run tar -xzOf "$FOLDER/report-x.tar.gz" x/notes.txt
    [ "$output" = 'psk=[secret]' ]
}
