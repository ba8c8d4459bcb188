#!/bin/sh
# Turns the list of names (CITY/BOOTH booth, NAME backend, NAME operator) on standard input into RabbitMQ's definitions:
# who may write and read which topics, and how much the broker keeps for whom. No user has a password.
set -eu

exec awk '
# Of client identifiers that begin with the name of a backend or operator; with a slash they are a booth of a city.
BEGIN { tail = "(-[^/]*)?(qos[01])?$" }
function join(text, item) { return text == "" ? item : text ",\n  " item }
function add(name, session, write, read,    queues) {
    # What a name may own: sessions and wills of its client identifiers.
    queues = "mqtt-(subscription|will)-" session
    users = join(users, "{\"name\":\"" name "\",\"password_hash\":\"\",\"tags\":[],\"limits\":{\"max-connections\":20}}")
    rights = join(rights, "{\"user\":\"" name "\",\"vhost\":\"booth\",\"configure\":\"^" queues \
        "\",\"write\":\"^(amq[.]topic$|" queues ")\",\"read\":\"^(amq[.]topic$|" queues ")\"}")
    topics = join(topics, "{\"user\":\"" name "\",\"vhost\":\"booth\",\"exchange\":\"amq.topic\",\"write\":\"^" write \
        "$\",\"read\":\"^" read "$\"}")
}
# A topic reaches the plugin with dots for slashes.
$2 == "booth" && split($1, part, "/") == 2 {
    own = "booth[.]v1[.]" part[1] "[.]" part[2] "[.]"
    add($1, $1 "(qos[01])?$", \
        own "(exception|trend|status|health|config[.]reported|command[.]reply)", own "(command|config[.]desired)")
}
$2 == "backend" {
    add($1, $1 tail, "", "booth[.]v1[.].*")
    backends = backends (backends == "" ? "" : "|") $1
}
$2 == "operator" {
    add($1, "(" $1 "|booth-watch)" tail, \
        "booth[.]v1[.][a-z0-9-]+[.][a-z0-9-]+[.](command|config[.]desired)", "booth[.]v1[.].*")
}
function policy(name, priority, pattern, bytes, overflow) {
    return "{\"vhost\":\"booth\",\"name\":\"" name "\",\"apply-to\":\"queues\",\"priority\":" priority ",\"pattern\":\"" \
        pattern "\",\"definition\":{\"max-length-bytes\":" bytes ",\"overflow\":\"" overflow "\"}}"
}
END {
    # A backend that is away too long makes the cluster refuse, and the booths keep their events. Anybody else loses his oldest.
    policies = policy("others", 1, "^mqtt-", "20000000", "drop-head")
    if (backends != "")
        policies = join(policies, policy("backends", 2, "^mqtt-subscription-(" backends ")" tail, "4000000000", "reject-publish"))
    print "{\"vhosts\":[{\"name\":\"booth\",\"default_queue_type\":\"quorum\"}],"
    print " \"parameters\":[{\"vhost\":\"booth\",\"component\":\"vhost-limits\",\"name\":\"limits\"," \
        "\"value\":{\"max-connections\":50000,\"max-queues\":50000}}],"
    print " \"policies\":[" policies "],"
    print " \"users\":[" users "],"
    print " \"permissions\":[" rights "],"
    print " \"topic_permissions\":[" topics "]}"
}'
