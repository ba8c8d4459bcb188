#!/bin/bash
# Runs one node of the cluster in a network, host name, mounts and processes of its own until it ends: kill it, and it
# is gone as in a power cut. usage: run-rabbitmq-node.sh FOLDER N ROOT    it answers at 10.83.0.1N:8883
set -euo pipefail

folder=$1
n=$2
root=$3
bridge=booth-rabbit
link=booth-rmq$n
state=$folder/rabbitmq/$n

if [ "${4:-}" != inside ]; then
    # Whichever node comes first makes it.
    ip link add "$bridge" type bridge 2>/dev/null || true
    ip address replace 10.83.0.1/24 dev "$bridge"
    ip link set "$bridge" up
    # The way back to this network, for the other end of the cable.
    exec 8</proc/self/ns/net
    exec unshare --net --uts --ipc --mount --pid --fork --kill-child bash "$0" "$folder" "$n" "$root" inside
fi

outside() { nsenter --net=/proc/self/fd/8 ip "$@"; }
outside link delete "$link" 2>/dev/null || true
outside link add "$link" type veth peer name eth0 netns 1
outside link set "$link" master "$bridge" up
exec 8<&-
ip link set lo up
ip address add "10.83.0.1$n/24" dev eth0
ip link set eth0 up
echo "rmq$n" >/proc/sys/kernel/hostname

mount --bind "$folder/rabbitmq/etc" "$root/etc/rabbitmq"
mount --bind "$folder/rabbitmq/hosts" "$root/etc/hosts"
mount --bind "$state" "$root/var/lib/rabbitmq"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/var/log/rabbitmq" -o mode=1777
mount -t tmpfs tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
# Told that it runs under systemd it puts no shell between us and Erlang; without busy waiting three fit on two cores.
# A change of user takes the death signal away, so it is set anew.
exec chroot "$root" setpriv --reuid rabbitmq --regid rabbitmq --init-groups --pdeathsig KILL \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/lib/rabbitmq LC_ALL=C.UTF-8 RUNNING_UNDER_SYSTEMD=yes \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+sbwt none +sbwtdcpu none +sbwtdio none" \
    /usr/lib/rabbitmq/bin/rabbitmq-server
