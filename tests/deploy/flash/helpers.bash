# A technician's machine in a folder, on which all is right; each test spoils one thing.
# shellcheck shell=bash disable=SC2034,SC2154,SC2016 # variables of bats and of the tests; hashes of passwords

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
FLASH=$HERE/../../../deploy/flash/flash

# What all tests of a file share is made once: the archives, the sums, the team's key, the programs of the machine.
setup_file() { make_shared; }
make_shared() {
    export REAL_PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
    local name
    mkdir -p "$BATS_FILE_TMPDIR/bin"
    for name in id uname systemd-detect-virt dpkg-query systemctl locale exportfs showmount ufw ip pgrep df stat ssh mount \
        umount lsusb dmesg chown udevadm chroot; do
        ln -s "$HERE/fakes/host" "$BATS_FILE_TMPDIR/bin/$name"
    done
    ssh-keygen -q -t ed25519 -N '' -C anna@example.org -f "$BATS_FILE_TMPDIR/team"
    make_archives
}
# An image that is built once for a file of tests; take_built puts it where a test begins.
build_shared() { # OPTIONS...
    local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR/once
    mkdir -p "$BATS_TEST_TMPDIR"
    setup_machine
    "$FLASH" --folder "$FOLDER" --ssh-key "$KEY" --accept-license --no-flash --no-booth "$@" >/dev/null
    rm -r "$FOLDER/logs"
    truncate -s 0 "$FOLDER/r36/Linux_for_Tegra/bootloader/booth-data.img"
}
take_built() {
    cp -r "$BATS_FILE_TMPDIR/once/site/r36" "$FOLDER/"
    : >"$FAKE/calls"
}
# No process of NVIDIA's tools is left that works in this test's folder.
gone() {
    local pid
    for pid in $(PATH=$REAL_PATH pgrep -f 'l4t_initrd_flash|apply_binaries'); do
        [[ $(readlink "/proc/$pid/cwd") != "$BATS_TEST_TMPDIR"* ]] || { ps -f -p "$pid" && return 1; }
    done
}
setup_machine() {
    export FAKE=$BATS_TEST_TMPDIR/fake BOOTH_FLASH_SYSTEM=$BATS_TEST_TMPDIR/system BOOTH_FLASH_TICK_S=0.1
    export PATH=$BATS_FILE_TMPDIR/bin:$REAL_PATH BOOTH_FLASH_RELEASES=$BATS_TEST_TMPDIR/releases
    FOLDER=$BATS_TEST_TMPDIR/site
    mkdir -p "$FAKE"
    cp -r "$BATS_FILE_TMPDIR/releases" "$BOOTH_FLASH_RELEASES"
    cp -r --preserve=timestamps "$BATS_FILE_TMPDIR/site" "$FOLDER"
    cp "$BATS_FILE_TMPDIR"/team* "$BATS_TEST_TMPDIR/"
    make_answers
    make_system
    plug 1 2 7523
    KEY=$BATS_TEST_TMPDIR/team.pub
}
make_answers() {
    local pair
    for pair in uid=0 machine=x86_64 virt=none missing= exportfs=0 showmount=0 ufw='Status: inactive' routes= addresses= \
        processes= filesystem=ext4 locales=C.utf8 calls= l4t='nvidia-l4t-core'; do
        printf '%s\n' "${pair#*=}" >"$FAKE/${pair%%=*}"
    done
    printf 'nvidia-l4t-core\nnvidia-l4t-kernel\n' >"$FAKE/l4t"
    printf 'rpcbind\nnfs-kernel-server\n' >"$FAKE/active"
    printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\nx 1 1 200000000 1%% /\n' >"$FAKE/df"
}
make_system() {
    local root=$BOOTH_FLASH_SYSTEM
    mkdir -p "$root"/{etc/udev/rules.d,proc/sys/fs/binfmt_misc,proc/sys/net/ipv6/conf/all,sys/bus/usb/devices,run/lock} \
        "$root/sys/module/usbcore/parameters"
    printf 'ID=ubuntu\nVERSION_ID="22.04"\n' >"$root/etc/os-release"
    echo "Linux version 6.5.0" >"$root/proc/version"
    echo "MemAvailable:   8000000 kB" >"$root/proc/meminfo"
    : >"$root/proc/mounts"
    echo enabled >"$root/proc/sys/fs/binfmt_misc/qemu-aarch64"
    echo 0 >"$root/proc/sys/net/ipv6/conf/all/disable_ipv6"
    echo -1 >"$root/sys/module/usbcore/parameters/autosuspend"
    echo "/srv/other *(ro)" >"$root/etc/exports"
}
plug() { # BUS PORT ID [SPEED]
    local device=$BOOTH_FLASH_SYSTEM/sys/bus/usb/devices/$1-$2
    mkdir -p "$device"
    echo 0955 >"$device/idVendor"
    echo "$3" >"$device/idProduct"
    echo "$1" >"$device/busnum"
    echo "$2" >"$device/devpath"
    echo "${4:-480}" >"$device/speed"
}
unplug() { rm -rf "$BOOTH_FLASH_SYSTEM/sys/bus/usb/devices/$1-$2"; }
# NVIDIA's archives, and a release that knows them.
make_archives() {
    local build=$BATS_FILE_TMPDIR/build tree FOLDER=$BATS_FILE_TMPDIR/site
    tree=$build/Linux_for_Tegra
    mkdir -p "$FOLDER"
    mkdir -p "$tree"/{tools/kernel_flash,bootloader/generic/cfg,rootfs}
    cp "$HERE/nvidia/l4t_initrd_flash.sh" "$tree/tools/kernel_flash/"
    cp "$HERE/layout.xml" "$tree/tools/kernel_flash/flash_l4t_t234_nvme_rootfs_ab.xml"
    cp "$HERE/nvidia/l4t_create_default_user.sh" "$tree/tools/"
    cp "$HERE/nvidia/apply_binaries.sh" "$tree/"
    touch "$tree/bootloader/generic/cfg/flash_t234_qspi.xml" "$tree/jetson-orin-nano-devkit-super.conf" "$tree/jetson-agx-orin-devkit.conf"
    tar -cf "$FOLDER/Jetson_Linux_r36.4.3_aarch64.tbz2" -C "$build" Linux_for_Tegra
    make_sample "$build/sample"
    tar -cf "$FOLDER/Tegra_Linux_Sample-Root-Filesystem_R36.4.3_aarch64.tbz2" -C "$build/sample" .
    export BOOTH_FLASH_RELEASES=$BATS_FILE_TMPDIR/releases
    cp -r "$HERE/../../../deploy/flash/releases" "$BOOTH_FLASH_RELEASES"
    pin_all
}
make_sample() { # FOLDER
    mkdir -p "$1"/{etc/ssh,etc/gdm3,home,tmp,var/log,var/lib/dbus,usr/bin,usr/sbin,etc/systemd/system/serial-getty@ttyS0.service.d}
    printf 'root:x:0:0:root:/root:/bin/bash\n' >"$1/etc/passwd"
    printf 'root:$6$x$rootpassword:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n' >"$1/etc/shadow"
    printf '127.0.0.1 localhost\n' >"$1/etc/hosts"
    printf '/dev/root / ext4 defaults 0 1\n' >"$1/etc/fstab"
    echo 0123456789abcdef0123456789abcdef >"$1/etc/machine-id"
    echo secret >"$1/etc/ssh/ssh_host_rsa_key"
    echo old >"$1/var/log/syslog"
    ln -s ../run/systemd/resolve/stub-resolv.conf "$1/etc/resolv.conf"
    mkdir -p "$1/etc/apt/sources.list.d"
    echo 'deb https://nvidia.example/jetson <SOC> main' >"$1/etc/apt/sources.list.d/nvidia-l4t-apt-source.list"
}
pin_all() {
    local file
    for file in "$FOLDER"/*.tbz2; do
        "$FLASH" pin "$file" --sum "$(sha1sum "$file" | cut -d ' ' -f 1)" >/dev/null
    done
}
# Every step may take that long in the tests of what hangs.
short_limits() { # SECONDS
    export BOOTH_FLASH_STAGES=$BATS_TEST_TMPDIR/stages
    awk -F '|' -v OFS='|' -v limit="$1" '/^#/ { next } { $3 = limit; $4 = limit; print }' "$HERE/../../../deploy/flash/stages.txt" \
        >"$BOOTH_FLASH_STAGES"
}
# Most tests need no package of the booth; those of packages give one.
check() { run "$FLASH" --check --folder "$FOLDER" --ssh-key "$KEY" --accept-license --no-booth "$@"; }
flash() { run timeout 60 "$FLASH" --folder "$FOLDER" --ssh-key "$KEY" --accept-license --no-booth "$@"; }
rewrite() { run timeout 60 "$FLASH" --folder "$FOLDER" --flash-only "$@"; }
latest() { find "$FOLDER/logs" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1; }
has() { [[ $output == *"$1"* ]] || { echo "not said: $1" && echo "$output" && return 1; }; }
hasnt() { [[ $output != *"$1"* ]] || { echo "said: $1" && echo "$output" && return 1; }; }
# One line says both what is wrong and what to do.
says() { # PROBLEM CURE
    local line
    while IFS= read -r line; do
        [[ $line != *"$1"*"$2"* ]] || return 0
    done <<<"$output"
    echo "no line says: $1 ... $2" && echo "$output" && return 1
}
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
# As from a terminal: a shell without job control would hand the interrupt on as ignored.
start() { # OPTIONS...
    python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])' \
        "$FLASH" --folder "$FOLDER" --ssh-key "$KEY" --accept-license --no-booth "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
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
