# The one who may log in: by the team's key, with no password at all, on no serial line.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

make_user() {
    if ! grep -q "^$user:" "$rootfs/etc/passwd"; then
        # NVIDIA's tool wants a password and says it aloud; this one nobody knows, and it is taken away at once.
        watch user in_tree tools/l4t_create_default_user.sh -u "$user" -p "$(random_word)" -n booth --accept-license
    fi
    lock_passwords
    give_key
    write_sudo_rule
    rm -f "$rootfs/etc/gdm3/custom.conf"
}
random_word() { od -An -N 24 -tx1 /dev/urandom | tr -d ' \n'; }
# `!` fits no password. Root has none either.
lock_passwords() {
    local shadow=$rootfs/etc/shadow
    awk -F : -v OFS=: '$2 != "*" && $2 !~ /^!/ { $2 = "!" } $2 ~ /^!./ { $2 = "!" } { print }' "$shadow" >"$shadow.new"
    chmod --reference="$shadow" "$shadow.new"
    chown --reference="$shadow" "$shadow.new"
    mv "$shadow.new" "$shadow"
    ! grep -qE '^[^:]*:(\$|[^!*:])' "$shadow" || fail "$shadow still has a password; the same command with --restart"
}
give_key() {
    local owner home=$rootfs/home/$user
    owner=$(awk -F : -v user="$user" '$1 == user { print $3 ":" $4 }' "$rootfs/etc/passwd")
    [ -n "$owner" ] || fail "NVIDIA's tool made no user $user; see $run/user.log"
    mkdir -p "$home/.ssh"
    key_lines >"$home/.ssh/authorized_keys"
    chmod 700 "$home/.ssh"
    chmod 600 "$home/.ssh/authorized_keys"
    chown -R "$owner" "$home"
}
# Without a password there is none to ask for: who holds the key may mend the machine.
write_sudo_rule() {
    mkdir -p "$rootfs/etc/sudoers.d"
    echo "$user ALL=(ALL) NOPASSWD: ALL" >"$rootfs/etc/sudoers.d/booth"
    chmod 440 "$rootfs/etc/sudoers.d/booth"
}
