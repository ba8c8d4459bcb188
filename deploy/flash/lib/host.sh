# This machine: whether NVIDIA's tools run on it at all.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

os_value() { sed -n "s/^$1=\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\}\$/\\1/p" "$system/etc/os-release" 2>/dev/null; }

check_system() {
    local name version
    name=$(os_value ID) version=$(os_value VERSION_ID)
    [ "$name" = ubuntu ] && [[ " $hosts " == *" $version "* ]] && return
    has_accepted host && hint "$name $version is not supported by NVIDIA for $release, and you accepted that" && return
    stands "${name:-this system} $version is not what NVIDIA supports for $release" \
        "a machine with Ubuntu ${hosts// / or }; or --accept host, at your own risk"
}
check_architecture() {
    [ "$(uname -m)" = x86_64 ] || stands "this machine is $(uname -m)" "NVIDIA's tools run on x86_64 only: take a PC or laptop"
}
# The USB of a virtual machine is lost when the Jetson comes back as another device; the flash hangs then.
check_machine() {
    local kind
    if grep -qsi microsoft "$system/proc/version"; then
        stands "this is Windows' Linux (WSL)" "start Ubuntu on the machine itself, from a USB stick if need be"
        return
    fi
    kind=$(systemd-detect-virt 2>/dev/null || true)
    case ${kind:-none} in
    none) ;;
    docker | lxc* | podman | systemd-nspawn | container-other)
        stands "this is a container ($kind)" "run it on the machine itself: NFS and USB events do not reach a container"
        ;;
    *) check_guest "$kind" ;;
    esac
}
check_guest() { # KIND
    has_accepted vm && hint "a virtual machine ($1), and you accepted that: pass 0955:* through by vendor, not by device" && return
    stands "this is a virtual machine ($1), where flashes hang" \
        "a machine of its own; or --accept vm when all of vendor 0955 is passed through"
}
check_root() { [ "$(id -u)" = 0 ] || stands "not root" "sudo flash ..."; }
check_packages() {
    local missing
    missing=$(missing_packages)
    [ -z "$missing" ] || stands "packages are missing: $missing" "sudo apt-get install -y $missing"
}
missing_packages() {
    # shellcheck disable=SC2086 # a list of words
    printf '%s\n' $packages | { grep -vxF -f <(
        dpkg-query -W -f='${Package} ${db:Status-Status}\n' $packages 2>/dev/null | sed -n 's/ installed$//p'
    ) || true; } | paste -sd ' '
}
# Programs of the Jetson run here while its system is prepared.
check_emulation() {
    grep -qs enabled "$system/proc/sys/fs/binfmt_misc/qemu-aarch64" ||
        stands "this machine does not run arm64 programs" "sudo apt-get install -y qemu-user-static && sudo systemctl restart binfmt-support"
}
check_locale() {
    locale -a 2>/dev/null | grep -qiE '^(c|en_us)\.utf-?8$' ||
        stands "no UTF-8 language is installed" "sudo locale-gen en_US.UTF-8"
}
check_memory() {
    local free_mb
    free_mb=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' "$system/proc/meminfo")
    [ "$free_mb" -ge 3000 ] || stands "only $free_mb MB of memory are free, 3000 are needed" "close what is open, a browser first"
}
check_folder() {
    local kind
    mkdir -p "$folder" 2>/dev/null || { stands "$folder cannot be made" "sudo flash ..., or another --folder" && return; }
    kind=$(stat -f -c %T "$folder")
    case $kind in
    ext2/ext3 | ext4 | xfs | btrfs | overlayfs | tmpfs) ;;
    *) stands "$folder lies on $kind, which does not keep the owners of files" "a --folder on the machine's own disk (ext4)" ;;
    esac
}
check_space() {
    local needed_gb=8 free_gb
    image_is_built || needed_gb=70
    free_gb=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print int($4 / 1048576) }')
    [ "${free_gb:-0}" -ge "$needed_gb" ] ||
        stands "only ${free_gb:-0} GB are free in $folder, $needed_gb are needed" "make room, or a --folder on another disk"
}
