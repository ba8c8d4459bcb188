# The network between this machine and a Jetson being flashed: IPv6 and NFS over the USB cable, 192.168.55.x afterwards.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

check_ipv6() {
    [ "$(cat "$system/proc/sys/net/ipv6/conf/all/disable_ipv6" 2>/dev/null || echo 1)" = 0 ] ||
        stands "IPv6 is off, and the flash talks IPv6 over the cable" "sudo sysctl -w net.ipv6.conf.all.disable_ipv6=0"
}
check_rpcbind() {
    systemctl is-active --quiet rpcbind 2>/dev/null || stands "rpcbind does not run" "sudo systemctl enable --now rpcbind"
}
check_nfs() {
    systemctl is-active --quiet nfs-kernel-server 2>/dev/null ||
        { stands "the NFS server does not run" "sudo systemctl enable --now nfs-kernel-server" && return; }
    exportfs >/dev/null 2>&1 || stands "/etc/exports is not accepted" "sudo exportfs -ra says which line; mend or remove it"
    showmount -e localhost >/dev/null 2>&1 ||
        stands "the NFS server does not answer" "sudo systemctl restart rpcbind nfs-kernel-server"
}
check_firewall() {
    local told
    told=$(ufw status 2>/dev/null || true)
    grep -q '^Status: active' <<<"$told" || return 0
    # NVIDIA's tool for R39 looks for a line that begins with 2049.
    grep -qE '^2049(/[a-z]+)?( \(v6\))? +ALLOW' <<<"$told" ||
        stands "the firewall keeps the Jetson from the NFS server" \
            "sudo ufw allow nfs, and after the flash sudo ufw delete allow nfs; or sudo ufw disable meanwhile"
}
# A Jetson that runs has 192.168.55.1, one that is flashed is in fc00:1:1::/48.
check_addresses() {
    local clash
    clash=$(ip -o addr show 2>/dev/null | grep -E 'inet 192\.168\.55\.|inet6 fc00:1:1:' | grep -vE '^[0-9]+: (usb|enx|l4tbr)' || true)
    [ -z "$clash" ] || stands "network $(awk 'NR == 1 { print $2 " has " $4 }' <<<"$clash"), the addresses of the Jetson on the cable" \
        "leave that network while you flash: sudo ip link set $(awk 'NR == 1 { print $2 }' <<<"$clash") down"
}
check_vpn() {
    ip route 2>/dev/null | grep -qE ' dev (tun|tap|ppp|wg|tailscale|gpd)' || return 0
    hint "a VPN is up; if the Jetson is not reached, end it while you flash"
}
