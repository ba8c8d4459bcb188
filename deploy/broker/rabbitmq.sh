# The RabbitMQ half of deploy/broker/up, which sources it: a cluster of nodes that live in namespaces on this machine.
# shellcheck shell=bash disable=SC2154 # here, folder and nodes are up's

up_rabbitmq() {
    [ "$(id -u)" = 0 ] || fail "the nodes live in namespaces of their own, which wants root: sudo deploy/broker/up rabbitmq ..."
    sh "$here/../package/install-system-packages.sh" "$here/rabbitmq-packages.txt"
    root=$(bash "$here/make-rabbitmq-root.sh")
    local addresses=()
    for n in $(seq "$nodes"); do addresses+=("10.83.0.1$n" "rmq$n"); done
    make_keys localhost 127.0.0.1 "${addresses[@]}"
    write_node_settings
    for n in $(seq "$nodes"); do
        is_up "$n" || start_node "$n"
    done
    for n in $(seq "$nodes"); do await_node "$n"; done
    take_changes_up
    next_steps "10.83.0.11:8883"
}
write_node_settings() {
    local etc=$folder/rabbitmq/etc list=
    mkdir -p "$etc/pki/crl"
    cp "$folder"/pki/* "$etc/pki/"
    # Where Erlang looks a list of the revoked up.
    cp "$folder/pki/ca.crl" "$etc/pki/crl/$(openssl crl -in "$folder/pki/ca.crl" -noout -hash).r0"
    echo "127.0.0.1 localhost" >"$folder/rabbitmq/hosts"
    for n in $(seq "$nodes"); do
        echo "10.83.0.1$n rmq$n" >>"$folder/rabbitmq/hosts"
        list="${list}cluster_formation.classic_config.nodes.$n = rabbit@rmq$n\\n"
    done
    sed "s,@NODES@,$list,; s,@MEMORY@,${BOOTH_RABBITMQ_MEMORY:-400MB}," "$here/rabbitmq.conf" >"$etc/rabbitmq.conf"
    cp "$here/rabbitmq-advanced.config" "$etc/advanced.config"
    echo '[rabbitmq_mqtt,rabbitmq_auth_mechanism_ssl].' >"$etc/enabled_plugins"
    touch "$folder/names"
    sh "$here/rabbitmq-definitions.sh" <"$folder/names" >"$etc/definitions.json"
    [ -e "$folder/rabbitmq/cookie" ] || (umask 077 && openssl rand -hex 20 >"$folder/rabbitmq/cookie")
    for n in $(seq "$nodes"); do
        mkdir -p "$folder/rabbitmq/$n"
        cp "$folder/rabbitmq/cookie" "$folder/rabbitmq/$n/.erlang.cookie"
        chmod 400 "$folder/rabbitmq/$n/.erlang.cookie"
        chown "$(chroot "$root" id -u rabbitmq):$(chroot "$root" id -g rabbitmq)" "$folder/rabbitmq/$n" \
            "$folder/rabbitmq/$n/.erlang.cookie" "$etc/pki/broker.key"
    done
}
is_up() { grep -qsF "$folder" "/proc/$(cat "$folder/rabbitmq/$1/node.pid" 2>/dev/null || echo none)/cmdline"; }
start_node() {
    setsid bash "$here/run-rabbitmq-node.sh" "$folder" "$1" "$root" >>"$folder/rabbitmq/$1.log" 2>&1 </dev/null &
    echo $! >"$folder/rabbitmq/$1/node.pid"
}
await_node() {
    until (: <"/dev/tcp/10.83.0.1$1/8883") 2>/dev/null; do
        is_up "$1" || fail "node $1 does not come up, see $folder/rabbitmq/$1.log: $(tail -n 1 "$folder/rabbitmq/$1.log")"
        sleep 0.3
    done
}
# Users that lost their names go; new ones come; certificates are read anew.
take_changes_up() {
    local known
    known=$(ctl list_users --silent | cut -f 1)
    for user in $known; do
        grep -q "^$user " "$folder/names" || ctl delete_user --silent "$user"
    done
    ctl import_definitions --silent /etc/rabbitmq/definitions.json
    for n in $(seq "$nodes"); do ctl -n "rabbit@rmq$n" eval --silent 'ssl:clear_pem_cache().' >/dev/null; done
}
ctl() { bash "$here/rabbitmqctl" "$folder" 1 "$@"; }
