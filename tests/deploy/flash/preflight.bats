# What stands in the way of a flash is named with its cure, one line each; nothing is touched before.
load helpers

setup() { setup_machine; }
spoilt() { [ "$status" = 1 ] && has "of 28 checks stand in the way"; }
# The one thing that was spoilt, and nothing else.
alone() { spoilt && has "booth: 1 of 28 checks"; }

@test "on a machine where all is right, nothing stands in the way" {
    check
    [ "$status" = 0 ]
    has "28 checks are fine"
}
@test "a machine without systemd is told what does not run, in our words alone" {
    touch "$FAKE/no-systemd"
    check
    says "rpcbind does not run" "sudo systemctl enable --now rpcbind"
    hasnt "Can't operate"
}
@test "looking changes nothing: no run, no state, no lock is left" {
    check
    [ ! -e "$FOLDER/logs" ]
    [ ! -e "$FOLDER/r36" ]
}
@test "an Ubuntu that NVIDIA does not support is refused, or accepted by word" {
    printf 'ID=ubuntu\nVERSION_ID="24.04"\n' >"$BOOTH_FLASH_SYSTEM/etc/os-release"
    check
    alone
    says "ubuntu 24.04 is not what NVIDIA supports for r36" "Ubuntu 20.04 or 22.04"
    check --accept host
    [ "$status" = 0 ]
    has "you accepted that"
}
@test "JetPack 7.2 wants another Ubuntu than 6.2" {
    printf 'ID=ubuntu\nVERSION_ID="20.04"\n' >"$BOOTH_FLASH_SYSTEM/etc/os-release"
    check --release r39
    says "ubuntu 20.04" "22.04 or 24.04"
}
@test "another distribution is refused" {
    printf 'ID=debian\nVERSION_ID="12"\n' >"$BOOTH_FLASH_SYSTEM/etc/os-release"
    check
    alone
    says "debian 12" "Ubuntu"
}
@test "an arm laptop is refused" {
    echo aarch64 >"$FAKE/machine"
    check
    alone
    says "this machine is aarch64" "x86_64 only"
}
@test "a virtual machine is refused unless it is accepted" {
    echo vmware >"$FAKE/virt"
    check
    alone
    says "virtual machine (vmware)" "--accept vm"
    check --accept vm
    [ "$status" = 0 ]
    has "0955:* through by vendor"
}
@test "WSL is refused, accepted or not" {
    echo "Linux version 5.15.90.1-microsoft-standard-WSL2" >"$BOOTH_FLASH_SYSTEM/proc/version"
    check --accept vm
    alone
    says "(WSL)" "start Ubuntu on the machine itself"
}
@test "a container is refused, accepted or not" {
    echo docker >"$FAKE/virt"
    check --accept vm
    alone
    says "a container (docker)" "on the machine itself"
}
@test "who is not root is told how" {
    echo 1000 >"$FAKE/uid"
    check
    alone
    says "not root" "sudo flash"
}
@test "missing packages are named in a line to paste" {
    printf 'sshpass\nabootimg\n' >"$FAKE/missing"
    check
    alone
    says "packages are missing: abootimg sshpass" "sudo apt-get install -y abootimg sshpass"
}
@test "no UTF-8 language" {
    printf 'C\nPOSIX\n' >"$FAKE/locales"
    check
    alone
    says "no UTF-8 language" "locale-gen"
}
@test "too little memory" {
    echo "MemAvailable:   1000000 kB" >"$BOOTH_FLASH_SYSTEM/proc/meminfo"
    check
    alone
    says "only 976 MB of memory" "close what is open"
}
@test "a folder that does not keep owners" {
    echo fuseblk >"$FAKE/filesystem"
    check
    alone
    says "lies on fuseblk" "own disk (ext4)"
}
@test "too little room on the disk" {
    printf 'Filesystem\nx 1 1 20971520 1%% /\n' >"$FAKE/df"
    check
    alone
    says "only 20 GB are free" "70 are needed"
}
@test "the licence is accepted by the user, not by us" {
    run "$FLASH" --check --folder "$FOLDER" --ssh-key "$KEY" --no-booth
    alone
    says "licence is not accepted" "--accept-license"
}
@test "an archive that is not there" {
    rm "$FOLDER"/Tegra*
    check
    alone
    says "Tegra_Linux_Sample-Root-Filesystem_R36.4.3_aarch64.tbz2 is not in" "download it from NVIDIA's"
}
@test "an archive that nobody compared with NVIDIA's sum" {
    sed -i 's/^bsp_sha.*=.*/&/; s/^\(bsp_sha[0-9]*\)=.*/\1=/' "$BOOTH_FLASH_RELEASES/r36.conf"
    check
    alone
    says "was never compared with NVIDIA's sum" "flash pin $FOLDER/Jetson_Linux"
}
@test "an archive that was changed after it was recorded" {
    check
    echo x >>"$FOLDER/Jetson_Linux_r36.4.3_aarch64.tbz2"
    check
    alone
    says "is not the archive that was recorded" "download it again"
}
@test "a changed archive of the same size and time is seen on a machine that has not read it" {
    local file=$FOLDER/Jetson_Linux_r36.4.3_aarch64.tbz2
    touch -r "$file" "$BATS_TEST_TMPDIR/time"
    printf X | dd of="$file" bs=1 seek=700 conv=notrunc status=none
    touch -r "$BATS_TEST_TMPDIR/time" "$file"
    check
    alone
    says "is not the archive that was recorded" "download it again"
}
@test "either of the two sums is enough to refuse" {
    local kind
    for kind in sha1 sha256; do
        sed -i "s/^bsp_$kind=.*/bsp_$kind=/" "$BOOTH_FLASH_RELEASES/r36.conf"
        printf X | dd of="$FOLDER/Jetson_Linux_r36.4.3_aarch64.tbz2" bs=1 seek=700 conv=notrunc status=none
        check
        alone
        cp "$BATS_FILE_TMPDIR/releases/r36.conf" "$BOOTH_FLASH_RELEASES/r36.conf"
    done
}
@test "no key: nobody could log in" {
    run "$FLASH" --check --folder "$FOLDER" --accept-license --no-booth
    alone
    says "no key was given" "--ssh-key FILE.pub"
}
@test "a key that is not there" {
    check --ssh-key /nowhere.pub
    alone
    says "/nowhere.pub: no such file" "--ssh-key FILE.pub"
}
@test "the secret half of a key is refused" {
    check --ssh-key "${KEY%.pub}"
    alone
    says "is the secret half" "team.pub"
}
@test "a file that holds no key" {
    echo hello >"$BATS_TEST_TMPDIR/no.pub"
    check --ssh-key "$BATS_TEST_TMPDIR/no.pub"
    alone
    says "is no public key, or none" "ssh-keygen -t ed25519"
}
@test "a file that holds a key and something else" {
    { cat "$KEY" && echo hello; } >"$BATS_TEST_TMPDIR/half.pub"
    check --ssh-key "$BATS_TEST_TMPDIR/half.pub"
    alone
    says "half.pub has a line that is no public key" "give the .pub"
}
@test "several keys, comments, options before a key and line ends of Windows are fine" {
    { echo "# the team" && echo && sed 's/$/\r/' "$KEY" && sed 's/^/no-pty,from="192.168.55.100,10.0.0.0\/8" /' "$KEY"; } \
        >"$BATS_TEST_TMPDIR/keys.pub"
    check --ssh-key "$BATS_TEST_TMPDIR/keys.pub"
    [ "$status" = 0 ]
    has "over the cable that is 192.168.55.100"
}
@test "the secret half that looks inside is looked at before, not an hour later" {
    local own=$BATS_TEST_TMPDIR/own
    check --identity /nowhere
    alone
    says "/nowhere: no such file" "--identity FILE"
    check --identity "$KEY"
    alone
    says "team.pub is no secret half" "without .pub"
    ssh-keygen -q -t ed25519 -N '' -f "$own"
    check --identity "$own"
    alone
    says "$own does not belong to $KEY" "two halves of one key"
    chmod 644 "$own"
    check --identity "$own"
    alone
    says "can be read by others" "chmod 600 $own"
    chmod 600 "$own"
    ssh-keygen -q -p -N secret -f "$own" >/dev/null
    check --identity "$own"
    alone
    says "locked by a passphrase" "by hand"
    check --identity "${KEY%.pub}"
    [ "$status" = 0 ]
}
make_deb() { # NAME ARCHITECTURE DEPENDS
    mkdir -p "$BATS_TEST_TMPDIR/deb/DEBIAN"
    printf 'Package: %s\nVersion: 1\nArchitecture: %s\nMaintainer: a <a@example.org>\nDescription: x\nDepends: %s\n' "$1" "$2" "$3" \
        >"$BATS_TEST_TMPDIR/deb/DEBIAN/control"
    dpkg-deb -b "$BATS_TEST_TMPDIR/deb" "$BATS_TEST_TMPDIR/$1.deb" >/dev/null
}
@test "a Jetson without the booth is flashed by word only" {
    run "$FLASH" --check --folder "$FOLDER" --ssh-key "$KEY" --accept-license
    alone
    says "no package of the booth is given" "make deb ARCH=arm64 PY=3.10"
    make_deb words all 'python3'
    run "$FLASH" --check --folder "$FOLDER" --ssh-key "$KEY" --accept-license --deb "$BATS_TEST_TMPDIR/words.deb"
    alone
    make_deb booth arm64 'python3 (>= 3.10)'
    run "$FLASH" --check --folder "$FOLDER" --ssh-key "$KEY" --accept-license --deb "$BATS_TEST_TMPDIR/booth.deb"
    [ "$status" = 0 ]
}
@test "a file that is no package" {
    echo hello >"$BATS_TEST_TMPDIR/x.deb"
    check --deb "$BATS_TEST_TMPDIR/x.deb"
    alone
    says "x.deb is no package" "the .deb file itself"
}
@test "a package for another architecture" {
    make_deb booth amd64 'python3 (>= 3.10)'
    check --deb "$BATS_TEST_TMPDIR/booth.deb"
    alone
    says "booth.deb is for amd64" "the one for arm64"
}
@test "a package for another Python" {
    make_deb booth arm64 'python3 (>= 3.12), python3 (<< 3.13)'
    check --deb "$BATS_TEST_TMPDIR/booth.deb"
    alone
    says "booth.deb is not for Python 3.10" "built for r36"
}
@test "a package for this Python, and one for every architecture" {
    make_deb booth arm64 'python3 (>= 3.10~), python3 (<< 3.11), libc6'
    make_deb words all 'python3'
    check --deb "$BATS_TEST_TMPDIR/booth.deb" --deb "$BATS_TEST_TMPDIR/words.deb"
    [ "$status" = 0 ]
}
@test "a machine that does not run arm64 programs" {
    rm "$BOOTH_FLASH_SYSTEM/proc/sys/fs/binfmt_misc/qemu-aarch64"
    check
    alone
    says "does not run arm64 programs" "qemu-user-static"
}
@test "an image without a Jetson wants the module's name" {
    unplug 1 2
    check --no-flash
    [ "$status" = 1 ]
    says "no Jetson to ask for its kind" "--module NAME"
    check --no-flash --module orin-nx-16
    [ "$status" = 0 ]
}
@test "another flash at work" {
    echo 4711 >"$FAKE/processes"
    check
    alone
    says "another flash is at work (process 4711)" "wait until it ends"
}
@test "nothing on USB" {
    unplug 1 2
    check --module orin-nano-8
    alone
    says "no Jetson on USB" "another cable with data lines"
}
@test "a Jetson that runs, not in recovery mode" {
    plug 1 2 7020
    check --module orin-nano-8
    alone
    says "runs normally (0955:7020)" "FC REC and GND"
}
@test "a Jetson left over from a flash that ended" {
    plug 1 2 7035
    check --module orin-nano-8
    alone
    says "(0955:7035)" "take its power away for 10 s"
}
@test "a Xavier on the cable" {
    plug 1 2 7e19
    check --module orin-nano-8
    alone
    says "no Orin: 0955:7e19" "Orin Nano, NX and AGX only"
}
@test "the cable in the debug port of an AGX" {
    plug 1 2 7045
    check --module agx-orin-64
    alone
    says "debug port" "beside the 40-pin header"
}
@test "the wrong module" {
    check --module orin-nx-16
    alone
    says "USB 1-2 is a Jetson Orin Nano 8 GB" "--module orin-nano-8"
}
@test "several Jetsons where one is wanted" {
    plug 1 3 7523
    check
    alone
    says "2 Jetsons are in recovery mode" "--massflash 2"
}
@test "fewer Jetsons than wanted" {
    check --massflash 3
    alone
    says "1 of 3 Jetsons" "1-2 are there"
}
@test "more Jetsons than wanted" {
    plug 1 3 7523
    plug 1 4 7523
    check --massflash 2
    alone
    says "3 Jetsons are in recovery mode, not 2" "--massflash 3"
}
@test "a batch of different kinds" {
    plug 1 3 7323
    check --massflash 2
    alone
    says "different kinds" "one batch per kind"
}
@test "a cable that carries 12 Mbit/s only" {
    plug 1 2 7523 12
    check
    alone
    says "runs at 12 Mbit/s only" "shorter cable"
}
@test "a hub is pointed at but does not stand in the way" {
    unplug 1 2
    plug 1 2.3 7523
    check
    [ "$status" = 0 ]
    has "USB 1-2.3 is behind a hub"
}
@test "each kind of Orin is known by its number" {
    local id
    for id in 7023 7223 7323 7423 7523 7623; do
        plug 1 2 "$id"
        check
        [ "$status" = 0 ]
    done
}
@test "USB that is put to sleep" {
    echo 2 >"$BOOTH_FLASH_SYSTEM/sys/module/usbcore/parameters/autosuspend"
    check
    alone
    says "put to sleep" "autosuspend"
}
@test "automount" {
    echo udisks2 >>"$FAKE/active"
    check
    alone
    says "udisks mounts" "sudo systemctl stop udisks2"
}
@test "ModemManager" {
    echo ModemManager >>"$FAKE/active"
    check
    alone
    says "ModemManager talks" "sudo systemctl stop ModemManager"
}
@test "a machine about to sleep" {
    echo sleep.target >>"$FAKE/active"
    check
    alone
    says "about to sleep" "lid open"
}
@test "IPv6 off" {
    echo 1 >"$BOOTH_FLASH_SYSTEM/proc/sys/net/ipv6/conf/all/disable_ipv6"
    check
    alone
    says "IPv6 is off" "disable_ipv6=0"
}
@test "rpcbind does not run" {
    echo nfs-kernel-server >"$FAKE/active"
    check
    alone
    says "rpcbind does not run" "enable --now rpcbind"
}
@test "the NFS server does not run" {
    echo rpcbind >"$FAKE/active"
    check
    alone
    says "NFS server does not run" "enable --now nfs-kernel-server"
}
@test "a broken /etc/exports" {
    echo 1 >"$FAKE/exportfs"
    check
    alone
    says "/etc/exports is not accepted" "exportfs -ra"
}
@test "an NFS server that does not answer" {
    echo 1 >"$FAKE/showmount"
    check
    alone
    says "does not answer" "restart rpcbind nfs-kernel-server"
}
@test "a firewall that is closed, and one that lets NFS through" {
    printf 'Status: active\n\n22/tcp   ALLOW  Anywhere\n' >"$FAKE/ufw"
    check
    alone
    says "firewall keeps the Jetson" "sudo ufw allow nfs"
    printf 'Status: active\n\n2049                       ALLOW       Anywhere\n' >"$FAKE/ufw"
    check
    [ "$status" = 0 ]
}
@test "the Jetson's address on another network of this machine" {
    echo '2: wlan0    inet 192.168.55.17/24 brd 192.168.55.255 scope global wlan0' >"$FAKE/addresses"
    check
    alone
    says "wlan0 has 192.168.55.17/24" "ip link set wlan0 down"
}
@test "the Jetson's address on the cable itself is no clash" {
    echo '7: enx0a1b    inet 192.168.55.100/24 scope global enx0a1b' >"$FAKE/addresses"
    check
    [ "$status" = 0 ]
}
@test "the flash's own IPv6 network somewhere else" {
    echo '3: eth0    inet6 fc00:1:1::7/64 scope global' >"$FAKE/addresses"
    check
    alone
    says "eth0 has fc00:1:1::7/64" "ip link set eth0 down"
}
@test "a VPN is pointed at but does not stand in the way" {
    echo 'default via 10.0.0.1 dev tun0' >"$FAKE/routes"
    check
    [ "$status" = 0 ]
    has "a VPN is up"
}
@test "several things are told at once" {
    echo 1000 >"$FAKE/uid"
    unplug 1 2
    echo udisks2 >>"$FAKE/active"
    check --module orin-nano-8
    has "booth: 3 of 28 checks"
}
@test "every check of the list has been spoilt by a test here" {
    local name problems
    # shellcheck source=/dev/null
    . "$HERE/../../../deploy/flash/lib/preflight.sh"
    [ "$(wc -l <<<"$checks")" = 28 ]
    problems=$(grep -c '^@test' "$BATS_TEST_FILENAME")
    [ "$problems" -ge 50 ]
}
