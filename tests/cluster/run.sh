#!/bin/bash
# Runs pytest in a network of its own, where a cluster can be started, killed and cut; everything in it ends with it.
# usage: run.sh PYTHON [what pytest is told]     as root, with debootstrap
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
kit=$here/../../deploy/broker
if [ "$(id -u)" != 0 ]; then
    echo "skipped: nodes that can be cut off need root"
    exit 0
fi
# What wants the network comes first.
sh "$kit/../package/install-system-packages.sh" "$kit/rabbitmq-packages.txt"
bash "$kit/make-rabbitmq-root.sh" >/dev/null
# The shell in between takes care of the nodes' remains, as the first process has to.
BOOTH_CLUSTER=1 exec unshare --net --pid --mount-proc --fork --kill-child \
    bash -c 'ip link set lo up; "$@"; exit $?' cluster "$1" -m pytest "${@:2}"
