#!/bin/bash
# Behaves like NVIDIA's: makes the user, a password hash, and says the password aloud.
cd "$(dirname "$0")/.." || exit 1
while [ $# -gt 0 ]; do
    case $1 in
    -u) user=$2 && shift ;;
    -p) password=$2 && shift ;;
    -n) shift ;;
    --accept-license) accepted=yes ;;
    esac
    shift
done
[ "$accepted" = yes ] || exit 1
echo "$password" >"$FAKE/password"
echo "Creating: Username - $user, Password - $password, Autologin - false"
echo "$user:x:1000:1000::/home/$user:/bin/bash" >>rootfs/etc/passwd
echo "$user:\$1\$abc\$0123456789abcdef:19000:0:99999:7:::" >>rootfs/etc/shadow
mkdir -p "rootfs/home/$user"
echo booth >rootfs/etc/hostname
