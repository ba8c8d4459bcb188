#!/bin/bash
# Behaves like NVIDIA's tool of that name as far as the words, the logs and the processes go. $FAKE/plan says how it ends.
set -o pipefail
cd "$(dirname "$0")/../.." || exit 1
echo "flash $* | ROOTFS_AB=$ROOTFS_AB RETRY=$ROOTFS_RETRY_COUNT_MAX BOARDID=$BOARDID BOARDSKU=$BOARDSKU USER=$USER" >>"$FAKE/calls"
echo '# Entry added by NVIDIA initrd flash tool' >>"$BOOTH_FLASH_SYSTEM/etc/exports"
echo "$PWD/tools/kernel_flash/tmp 127.0.0.1(rw)" >>"$BOOTH_FLASH_SYSTEM/etc/exports"
touch "$BOOTH_FLASH_SYSTEM/etc/udev/rules.d/99-l4t-host.rules"
tidy() {
    rm -f "$BOOTH_FLASH_SYSTEM/etc/udev/rules.d/99-l4t-host.rules"
    sed -i '/^# Entry added by NVIDIA/,+1d' "$BOOTH_FLASH_SYSTEM/etc/exports"
}
trap 'tidy; exit 143' TERM
trap tidy EXIT
plan() { cat "$FAKE/plan-$1" 2>/dev/null || cat "$FAKE/plan" 2>/dev/null || echo good; }
# The pipe is not all read yet when somebody looks, so a hang is a child that sleeps.
hang() { while true; do echo "$1"; sleep 0.2; done; }
image() {
    echo "Generate image for internal storage devices"
    case $(plan images) in
    images-fail) echo "tar: write error: No space left on device" && return 1 ;;
    images-hang) hang "still at it" ;;
    images-dies) kill -KILL $$ ;;
    esac
    mkdir -p tools/kernel_flash/images
    cp "$(sed -n 's/.* -c \(tools[^ ]*\).*/\1/p' <<<" $*")" "$FAKE/layout-used"
    [ -f bootloader/booth-data.img ] || { echo "Error: image for partition booth-data is not found at bootloader" && return 1; }
    echo "Finish generating flash package."
}
set_usb() { # PATH ID
    local device
    for device in "$BOOTH_FLASH_SYSTEM"/sys/bus/usb/devices/*; do
        [ "$(cat "$device/busnum")-$(cat "$device/devpath")" != "$1" ] || echo "$2" >"$device/idProduct"
    done
}
write() { # PATH SERIAL
    echo "Step 2: Boot the device with flash initrd image"
    case $(plan "$1") in
    usb-fail) echo "ERROR: might be timeout in USB write." && echo "Error: Return value 3" && return 3 ;;
    silent) sleep 600 ;;
    esac
    echo "BR_CID: 0x80012344705DD50000000000$2"
    case $(plan "$1") in
    boot-hang) hang "Waiting for target to boot-up..." ;;
    boot-fail) echo "Waiting for target to boot-up..." && echo "Timeout" && echo "Device ping failed after RCM boot." && return 4 ;;
    ssh-hang)
        echo "Waiting for target to boot-up..."
        printf 'Waiting for device to expose ssh ...'
        while true; do printf '...' && sleep 0.2; done
        ;;
    esac
    echo "Waiting for target to boot-up..."
    printf 'Waiting for device to expose ssh ......\n'
    echo "Run command: flash on fc00:1:1:0::2" && echo "SSH ready"
    case $(plan "$1") in
    nfs-fail) echo "mount.nfs: Connection timed out" && echo "Flash failure" && return 103 ;;
    esac
    echo "09:00:00.000 - Info: Serial Number: $2"
    echo "09:00:01.000 - Info: Starting to create the GPT for the external device."
    case $(plan "$1") in
    small-ssd) echo "Error: the /dev/nvme0n1 size 61203283968 set in partition layout xml is greater than the /dev/nvme0n1 actual size 32010928128." && return 1 ;;
    secrets)
        echo 'wpa_passphrase="correct horse"' && echo "psk=battery-staple" && echo "Creating: Username - x, Password - hunter2, Autologin - false"
        echo "-----BEGIN OPENSSH PRIVATE KEY-----" && echo "b3BlbnNzaC1rZXktdjEAAAAA" && echo "-----END OPENSSH PRIVATE KEY-----"
        # shellcheck disable=SC2016 # a hash
        echo 'root:$6$salt$abcdefghijk:1:0'
        ;;
    wordless) return 0 ;;
    slow) sleep 5 ;;
    esac
    echo "09:00:02.000 - Info: Starting to flash the external device."
    echo "09:00:03.000 - Info: Successfully flashed the external device."
    echo "Flash is successful" && echo "Reboot device"
    case $(plan "$1") in
    jumper) ;;
    no-boot) set_usb "$1" 7035 ;;
    *) set_usb "$1" 7020 ;;
    esac
}
paths() {
    local device
    for device in "$BOOTH_FLASH_SYSTEM"/sys/bus/usb/devices/*; do
        case $(cat "$device/idProduct") in 7[0-9]23) echo "$(cat "$device/busnum")-$(cat "$device/devpath")" ;; esac
    done
}
case " $* " in
*" --no-flash "*) image "$@" ;;
*" --massflash "*)
    mkdir -p initrdlog
    number=0 pids=()
    for path in $(paths); do
        log=initrdlog/flash_${path}_${number}_20261126-090000.log
        write "$path" "14210000000$number" >"$log" 2>&1 &
        pids+=($!)
        echo "Start flashing device: $path, rcm instance: $number, PID: $!"
        echo "Log will be saved to Linux_for_Tegra/$log "
        number=$((number + 1))
    done
    failure=0
    for pid in "${pids[@]}"; do wait "$pid" || failure=1; done
    case $(plan master) in master-hang) sleep 600 ;; esac
    [ "$failure" = 0 ] || { echo "Flash complete (WITH FAILURES)" && exit 1; }
    ;;
*) write "$(paths | head -n 1)" 1421000000001 ;;
esac
