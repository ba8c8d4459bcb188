# What is in the system that goes onto a Jetson: the team's key, held packages, an own data partition, nobody's identity.
load helpers

setup() { setup_machine; }
setup_file() {
    make_shared
    # One image for all tests that only look at it.
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR/built
    mkdir -p "$BATS_TEST_TMPDIR"
    setup_machine
    make_deb
    # As a browser names a second download.
    mv "$BATS_TEST_TMPDIR/booth.deb" "$BATS_TEST_TMPDIR/booth_1.0 (1).deb"
    "$FLASH" --folder "$FOLDER" --ssh-key "$KEY" --accept-license --no-flash --deb "$BATS_TEST_TMPDIR/booth_1.0 (1).deb" \
        >"$FAKE/said"
}
make_deb() {
    mkdir -p "$BATS_TEST_TMPDIR/deb/DEBIAN"
    printf 'Package: booth\nVersion: 1\nArchitecture: arm64\nMaintainer: a <a@example.org>\nDescription: x\n' \
        >"$BATS_TEST_TMPDIR/deb/DEBIAN/control"
    dpkg-deb -b "$BATS_TEST_TMPDIR/deb" "$BATS_TEST_TMPDIR/booth.deb" >/dev/null
}
built() {
    TREE=$BATS_FILE_TMPDIR/built/site/r36/Linux_for_Tegra
    ROOTFS=$TREE/rootfs
    FAKE=$BATS_FILE_TMPDIR/built/fake
}

@test "no account has a password, the old root password is gone too" {
    built
    run cut -d : -f 2 "$ROOTFS/etc/shadow"
    [ "$(sort -u <<<"$output" | tr -d '\n')" = '!*' ]
}
@test "the password that NVIDIA's tool wanted is long, and known to no file of the site" {
    built
    local password
    password=$(cat "$FAKE/password")
    [ ${#password} = 48 ]
    ! grep -rqF -- "$password" "$BATS_FILE_TMPDIR/built/site"
}
@test "the team's key lets in, without the name of its owner in the log" {
    built
    grep -qxF -- "$(cat "$BATS_FILE_TMPDIR/built/team.pub")" "$ROOTFS/home/technician/.ssh/authorized_keys"
    [ "$(stat -c %a "$ROOTFS/home/technician/.ssh/authorized_keys")" = 600 ]
    ! grep -rq 'anna@example' "$BATS_FILE_TMPDIR/built/site/logs"
}
@test "options before a key stay, comments and the line ends of Windows go" {
    { printf '# the team\r\n\r\n' && sed 's/^/from="192.168.55.*" /; s/$/\r/' "$KEY"; } >"$BATS_TEST_TMPDIR/windows.pub"
    flash --no-flash --ssh-key "$BATS_TEST_TMPDIR/windows.pub"
    [ "$status" = 0 ]
    [ "$(cat "$FOLDER/r36/Linux_for_Tegra/rootfs/home/technician/.ssh/authorized_keys")" = "from=\"192.168.55.*\" $(cat "$KEY")" ]
}
@test "ssh takes keys only, and not from root" {
    built
    grep -qx 'PasswordAuthentication no' "$ROOTFS/etc/ssh/sshd_config.d/60-booth.conf"
    grep -qx 'PermitRootLogin no' "$ROOTFS/etc/ssh/sshd_config.d/60-booth.conf"
}
@test "NVIDIA's packages are held, pinned, and left alone by unattended upgrades" {
    built
    [ "$(cat "$ROOTFS/held")" = $'nvidia-l4t-core\nnvidia-l4t-kernel' ]
    grep -q 'Package: nvidia-l4t-\*' "$ROOTFS/etc/apt/preferences.d/booth"
    grep -q 'Pin-Priority: -1' "$ROOTFS/etc/apt/preferences.d/booth"
    grep -q 'Package-Blacklist.*"nvidia-"' "$ROOTFS/etc/apt/apt.conf.d/60booth"
}
@test "the booth's package is installed, whatever its file is called, and the file is not left behind" {
    built
    [ "$(cat "$ROOTFS/installed")" = booth-0.deb ]
    [ ! -e "$ROOTFS/tmp/booth" ]
    [ ! -e "$ROOTFS/usr/sbin/policy-rc.d" ]
}
@test "packages that were not given are not fetched" {
    built
    grep -q 'chroot .*apt-get install.* --no-download ' "$FAKE/calls"
}
@test "nothing of one unit is in the image" {
    built
    [ -f "$ROOTFS/etc/machine-id" ] && [ ! -s "$ROOTFS/etc/machine-id" ]
    [ "$(readlink "$ROOTFS/var/lib/dbus/machine-id")" = /etc/machine-id ]
    run find "$ROOTFS/etc/ssh" -name 'ssh_host_*'
    [ -z "$output" ]
    [ ! -e "$ROOTFS/var/log/syslog" ]
}
@test "no login waits on a serial line" {
    built
    local line
    for line in ttyTCU0 ttyS0 ttyAMA0 ttyGS0; do
        [ "$(readlink "$ROOTFS/etc/systemd/system/serial-getty@$line.service")" = /dev/null ]
    done
    [ ! -e "$ROOTFS/etc/systemd/system/serial-getty@ttyS0.service.d" ]
}
@test "the data partition is mounted by its name, and a broken one does not keep the machine from starting" {
    built
    run grep '^PARTLABEL=booth-data /booth-data ext4 ' "$ROOTFS/etc/fstab"
    [ "$status" = 0 ]
    has nofail
    has errors=remount-ro
    has data=ordered
    has nosuid
    has x-systemd.growfs
    grep -q '^/dev/root / ext4' "$ROOTFS/etc/fstab"
}
@test "what both systems share lies on it, and the package lists do not" {
    built
    local place
    for place in /etc/booth /var/lib/booth /var/lib/booth-update /var/log/journal; do
        grep -q "^/booth-data/shared$place $place none bind,nofail" "$ROOTFS/etc/fstab"
        [ -d "$ROOTFS$place" ]
    done
    ! grep -q ' /var/lib none' "$ROOTFS/etc/fstab"
}
@test "systemd reads the mounts as they are meant" {
    built
    command -v systemd-fstab >/dev/null || [ -x /usr/lib/systemd/system-generators/systemd-fstab-generator ] ||
        skip "systemd's fstab generator is not installed (package systemd)"
    mkdir "$BATS_TEST_TMPDIR/units"
    SYSTEMD_FSTAB=$ROOTFS/etc/fstab SYSTEMD_IN_INITRD=0 /usr/lib/systemd/system-generators/systemd-fstab-generator \
        "$BATS_TEST_TMPDIR/units" "$BATS_TEST_TMPDIR/units" "$BATS_TEST_TMPDIR/units"
    grep -q '^What=/dev/disk/by-partlabel/booth' "$BATS_TEST_TMPDIR/units/booth\\x2ddata.mount"
    grep -q '^RequiresMountsFor=/booth-data' "$BATS_TEST_TMPDIR/units/var-lib-booth.mount"
    [ ! -e "$BATS_TEST_TMPDIR/units/local-fs.target.requires/var-lib-booth.mount" ]
}
@test "a booth without its data does not start anew on the system's disk" {
    built
    local unit
    # All that start with the machine or read the booth's data by themselves; a rescue and a seat follow on one of these.
    for unit in $(cd "$BATS_TEST_DIRNAME/../../../systemd" && printf '%s\n' *.service | sed 's/\.service$//' | grep -vE 'rescue|seat'); do
        grep -q '^RequiresMountsFor=.*/var/lib/booth' "$ROOTFS/etc/systemd/system/$unit.service.d/10-data.conf"
    done
}
@test "the journal is kept, and bounded" {
    built
    grep -qx 'Storage=persistent' "$ROOTFS/etc/systemd/journald.conf.d/60-booth-image.conf"
    grep -qE '^SystemMaxUse=[0-9]+M' "$ROOTFS/etc/systemd/journald.conf.d/60-booth-image.conf"
}
@test "the data image is a whole file system with the shared folders, and older systems can check it" {
    built
    local image=$TREE/bootloader/booth-data.img
    run dumpe2fs -h "$image"
    [ "$status" = 0 ]
    has "booth-data"
    # What e2fsprogs 1.45 of Ubuntu 20.04 knows; whatever this machine's would add by itself.
    [ "$(sed -n 's/^Filesystem features: *//p' <<<"$output" | tr ' ' '\n' | sort | paste -sd ' ')" = \
        "64bit dir_index dir_nlink ext_attr extent extra_isize filetype flex_bg has_journal huge_file large_file metadata_csum resize_inode sparse_super" ]
    e2fsck -fn "$image" >/dev/null 2>&1
    run debugfs -R 'ls -p /shared/etc/booth' "$image"
    has booth.yaml.example
    run debugfs -R 'stat /identity' "$image"
    has "Mode:  0700"
}
@test "the data image grows to a terabyte" {
    built
    cp --sparse=always "$TREE/bootloader/booth-data.img" "$BATS_TEST_TMPDIR/grown.img"
    truncate -s 1T "$BATS_TEST_TMPDIR/grown.img" 2>/dev/null || skip "files of a terabyte do not exist here"
    timeout 50 resize2fs "$BATS_TEST_TMPDIR/grown.img" 60G >/dev/null 2>&1
    e2fsck -fn "$BATS_TEST_TMPDIR/grown.img" >/dev/null 2>&1
}
@test "NVIDIA's tool is called as its manual says: two systems, three tries, SSD and QSPI, our layout" {
    built
    run grep '^flash --no-flash' "$FAKE/calls"
    has "--external-device nvme0n1p1 -c tools/kernel_flash/booth_nvme_rootfs_ab.xml -S 20GiB"
    has "-p -c bootloader/generic/cfg/flash_t234_qspi.xml --network usb0 jetson-orin-nano-devkit-super internal"
    has "ROOTFS_AB=1 RETRY=3 BOARDID= BOARDSKU= USER=root"
    grep -q 'partition name="booth-data"' "$FAKE/layout-used"
}
@test "the mounts of the preparation are gone" {
    built
    [ ! -s "$BATS_FILE_TMPDIR/built/system/proc/mounts" ]
}
@test "without a Jetson the image is built for the module that is named" {
    unplug 1 2
    flash --no-flash --module agx-orin-64
    [ "$status" = 0 ]
    run grep '^flash --no-flash' "$FAKE/calls"
    has "jetson-agx-orin-devkit external"
    has "BOARDID=3701 BOARDSKU=0005"
}
@test "a package that lacks another ends with what to give" {
    make_deb
    touch "$FAKE/apt-fails"
    echo 'The following packages have unmet dependencies:' >"$FAKE/apt-says"
    flash --no-flash --deb "$BATS_TEST_TMPDIR/booth.deb"
    [ "$status" = 1 ]
    says "install the packages failed" "give it by --deb, or say --online"
}
@test "a failure in the middle of it leaves nothing mounted" {
    make_deb
    touch "$FAKE/apt-fails"
    flash --no-flash --deb "$BATS_TEST_TMPDIR/booth.deb"
    [ "$status" = 1 ]
    grep -q '^mount --bind /dev' "$FAKE/calls"
    [ ! -s "$BOOTH_FLASH_SYSTEM/proc/mounts" ]
}
@test "what cannot be unmounted stops the build, with what to do" {
    touch "$FAKE/umount-fails"
    flash --no-flash
    [ "$status" = 1 ]
    says "something is still mounted in it" "sudo reboot"
}
@test "NVIDIA's packages are held before others are installed, and those that came with them after" {
    built
    run grep -E 'apt-mark hold|apt-get install' "$FAKE/calls"
    [ "${#lines[@]}" = 3 ]
    [[ ${lines[0]} == *"apt-mark hold"* && ${lines[1]} == *"apt-get install"* && ${lines[2]} == *"apt-mark hold"* ]]
}
@test "without --screen no browser comes and the desktop stays as NVIDIA has it" {
    built
    [ -z "$(grep 'apt-get install' "$FAKE/calls" | grep -w cage)" ]
    [ ! -e "$ROOTFS/etc/systemd/system/default.target" ]
    [ ! -e "$ROOTFS/etc/systemd/system/gdm3.service" ]
    [ ! -e "$ROOTFS/etc/modprobe.d/booth-screen.conf" ]
}
@test "--screen brings what shows the board, and no desktop takes the screen" {
    make_deb
    flash --no-flash --online --screen --deb "$BATS_TEST_TMPDIR/booth.deb"
    [ "$status" = 0 ]
    local etc=$FOLDER/r36/Linux_for_Tegra/rootfs/etc name
    for name in $(sed -n 's/^\([a-z0-9][^ #]*\).*/\1/p' "$HERE/../../../deploy/package/screen-packages.txt"); do
        grep -qE "apt-get install.*/booth-0.deb .*$name( |\$)" "$FAKE/calls"
    done
    [ "$(readlink "$etc/systemd/system/default.target")" = /lib/systemd/system/multi-user.target ]
    for name in display-manager gdm gdm3 seatd; do [ "$(readlink "$etc/systemd/system/$name.service")" = /dev/null ]; done
    grep -qx 'options nvidia-drm modeset=1' "$etc/modprobe.d/booth-screen.conf"
    grep -qx nvidia-drm "$etc/modules-load.d/booth-screen.conf"
}
@test "--screen without --online fetches nothing and says what to give" {
    touch "$FAKE/apt-fails"
    flash --no-flash --screen
    [ "$status" = 1 ]
    says "install the packages failed" "give every package that it needs by --deb, or say --online"
    grep -q 'apt-get install.* --no-download .*cage' "$FAKE/calls"
}
@test "an image with a screen is another image" {
    flash --no-flash
    [ "$status" = 0 ]
    flash --no-flash --online --screen
    [ "$status" = 0 ]
    has "the image is built anew"
}
@test "--online lends this machine's resolver and takes it back" {
    make_deb
    flash --no-flash --online --deb "$BATS_TEST_TMPDIR/booth.deb"
    [ "$status" = 0 ]
    local etc=$FOLDER/r36/Linux_for_Tegra/rootfs/etc
    [ "$(readlink "$etc/resolv.conf")" = ../run/systemd/resolve/stub-resolv.conf ]
    [ ! -L "$etc/resolv.conf.own" ]
    grep -q ' t234 ' "$etc/apt/sources.list.d/nvidia-l4t-apt-source.list"
    grep -q 'apt-get update' "$FAKE/calls"
    ! grep -q 'apt-get install.*--no-download' "$FAKE/calls"
}
@test "a board that NVIDIA does not know" {
    flash --no-flash --board my-own-board
    [ "$status" = 1 ]
    says "my-own-board.conf is not in" "--board takes the name of one that is"
}
@test "an archive that is not the driver package" {
    local file=$FOLDER/Jetson_Linux_r36.4.3_aarch64.tbz2
    tar -cf "$file" -C "$HERE" layout.xml
    "$FLASH" pin "$file" --sum "$(sha1sum "$file" | cut -d ' ' -f 1)" >/dev/null
    flash --no-flash
    [ "$status" = 1 ]
    says "holds no Linux_for_Tegra" "Driver Package (BSP)"
}
@test "no room on this machine while the image is built" {
    echo images-fail >"$FAKE/plan-images"
    flash --no-flash
    [ "$status" = 1 ]
    says "make the images failed" "disk is full"
}
@test "the two systems fit beside the data, or are refused before anything is built" {
    flash --no-flash --root-gib 23
    [ "$status" = 0 ]
    run "$FLASH" --no-flash --root-gib 24
    [ "$status" = 2 ]
}

identity() { BOOTH_IMAGE_ROOT=$BATS_TEST_TMPDIR/unit sh "$HERE/../../../deploy/flash/rootfs/usr/lib/booth-image/identity"; }
make_unit() { # SERIAL
    UNIT=$BATS_TEST_TMPDIR/unit
    mkdir -p "$UNIT"/{etc/ssh,proc/device-tree,booth-data}
    printf '%s\0' "$1" >"$UNIT/proc/device-tree/serial-number"
    echo booth >"$UNIT/etc/hostname"
    printf '127.0.0.1 localhost\n127.0.1.1 booth\n' >"$UNIT/etc/hosts"
    od -An -N 16 -tx1 /dev/urandom | tr -d ' ' >"$UNIT/etc/machine-id"
}
@test "a unit is called after its serial number, and keeps its keys over every start" {
    make_unit 1421523001234
    identity
    [ "$(cat "$UNIT/etc/hostname")" = booth-1421523001234 ]
    grep -qx '127.0.1.1 booth-1421523001234' "$UNIT/etc/hosts"
    [ "$(grep -c 127.0.1.1 "$UNIT/etc/hosts")" = 1 ]
    local before
    before=$(cat "$UNIT/booth-data/identity/ssh_host_ed25519_key")
    identity
    [ "$(cat "$UNIT/booth-data/identity/ssh_host_ed25519_key")" = "$before" ]
    [ "$(stat -c %a "$UNIT/booth-data/identity")" = 700 ]
    [ "$(stat -c %a "$UNIT/booth-data/identity/ssh_host_ed25519_key")" = 600 ]
}
@test "two units differ in all of it" {
    make_unit 1
    identity
    mv "$UNIT" "$BATS_TEST_TMPDIR/first"
    make_unit 2
    identity
    ! cmp -s "$UNIT/booth-data/identity/ssh_host_ed25519_key" "$BATS_TEST_TMPDIR/first/booth-data/identity/ssh_host_ed25519_key"
    ! cmp -s "$UNIT/etc/machine-id" "$BATS_TEST_TMPDIR/first/etc/machine-id"
    ! cmp -s "$UNIT/etc/hostname" "$BATS_TEST_TMPDIR/first/etc/hostname"
}
@test "the other system of the same unit takes its identity over" {
    make_unit 7
    identity
    local first
    first=$(cat "$UNIT/etc/machine-id")
    echo 00000000000000000000000000000000 >"$UNIT/etc/machine-id"
    identity
    [ "$(cat "$UNIT/etc/machine-id")" = "$first" ]
}
# As appliance/provision/commit.py does in the system that runs.
provision_unit() { # NAME
    local home=$UNIT/booth-data/shared/etc/booth connections=$UNIT/etc/NetworkManager/system-connections
    mkdir -p "$home" "$connections"
    echo "$1" >"$UNIT/etc/hostname"
    echo 11111111111111111111111111111111 >"$UNIT/etc/machine-id"
    echo mark >"$home/own-machine"
    (umask 077 && echo "psk of $1" >"$connections/booth.nmconnection")
    echo '{}' >"$home/identity.json"
}
# The other system of the unit: as the image has it.
change_places() {
    rm -rf "$UNIT/etc"
    mkdir -p "$UNIT/etc/ssh"
    echo booth >"$UNIT/etc/hostname"
    printf '127.0.0.1 localhost\n127.0.1.1 booth\n' >"$UNIT/etc/hosts"
    touch -d 2020-01-01 "$UNIT/etc/hostname"
    echo 00000000000000000000000000000000 >"$UNIT/etc/machine-id"
}
@test "what a stick has given the unit stays over a start, and goes to the other system" {
    make_unit 7
    identity
    touch -d '1 minute ago' "$UNIT/booth-data/identity/machine-id"
    provision_unit odenplan-1
    identity
    identity
    [ "$(cat "$UNIT/etc/hostname")" = odenplan-1 ]
    grep -q '^1111' "$UNIT/etc/machine-id"
    change_places
    identity
    [ "$(cat "$UNIT/etc/hostname")" = odenplan-1 ]
    grep -qx '127.0.1.1 odenplan-1' "$UNIT/etc/hosts"
    grep -q '^1111' "$UNIT/etc/machine-id"
    grep -q 'psk of odenplan-1' "$UNIT/etc/NetworkManager/system-connections/booth.nmconnection"
    [ "$(stat -c %a "$UNIT/etc/NetworkManager/system-connections/booth.nmconnection")" = 600 ]
    [ "$(stat -c %a "$UNIT/booth-data/shared/etc/booth/system")" = 700 ]
}
@test "after a factory reset no system of the unit has the network's secret" {
    make_unit 7
    provision_unit odenplan-1
    identity
    rm -rf "$UNIT"/booth-data/shared/etc/booth/*
    identity
    [ ! -e "$UNIT/etc/NetworkManager/system-connections/booth.nmconnection" ]
    [ "$(cat "$UNIT/etc/hostname")" = booth-7 ]
    ! grep -rqs 'psk of' "$UNIT"
}
@test "a serial number with a slash or a line break in it makes no odd name" {
    make_unit $'../a b\n1'
    identity
    [ "$(cat "$UNIT/etc/hostname")" = booth-ab1 ]
}
@test "a power cut while the key was made leaves a machine that makes it again" {
    make_unit 5
    mkdir -p "$UNIT/booth-data/identity"
    : >"$UNIT/booth-data/identity/ssh_host_ed25519_key"
    echo half >"$UNIT/booth-data/identity/new"
    identity
    ssh-keygen -l -f "$UNIT/booth-data/identity/ssh_host_ed25519_key" >/dev/null
}
@test "systemd accepts the unit that does it" {
    command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed (package systemd)"
    mkdir -p "$BATS_TEST_TMPDIR/etc"
    sed 's,^ExecStart=.*,ExecStart=/bin/true,' "$HERE/../../../deploy/flash/rootfs/etc/systemd/system/booth-identity.service" \
        >"$BATS_TEST_TMPDIR/booth-identity.service"
    run systemd-analyze verify "$BATS_TEST_TMPDIR/booth-identity.service"
    [ -z "$output" ]
}
