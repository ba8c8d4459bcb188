# shellcheck shell=sh disable=SC2154 # sourced by ca, whose variables and functions these are
# How certificates end: a name goes in; a new list of the revoked, or the names whose end is near, come out.

# Serials of a name that are good, the newest last.
serials_of() { awk -F '\t' -v name="/CN=$1" '{ gsub(/\\/, "", $6) } $1 == "V" && $6 == name { print $4 }' "$folder/ca/index.txt"; }
revoke() { # NAME WHICH
    must_have_authority
    serials=$(serials_of "$1")
    [ -n "$serials" ] || fail "$1: has no certificate; see ca list"
    case $2 in
    --old) serials=$(echo "$serials" | sed '$d') ;;
    --newest) serials=$(echo "$serials" | tail -n 1) ;;
    esac
    for serial in $serials; do
        ssl ca -config "$here/ca.cnf" -revoke "$folder/ca/issued/$serial.pem"
    done
    [ -z "$serials" ] || make_list
    kept=$(serials_of "$1" | tail -n 1)
    own=$(files_of "$1")
    case $2/$kept in
    --old/*) echo "$1: certificate $kept stays, $(echo "$serials" | wc -w) revoked" ;;
    */) forget "$1" "$own" ;;
    *) bring_back "$own" "$kept" ;;
    esac
}
forget() { # NAME FILES
    rm -f "$2".* "${2%/*}/ca.crt"
    awk -v name="$1" '$1 != name' "$names" >"$names.new"
    chmod 644 "$names.new"
    mv "$names.new" "$names"
}
bring_back() { # FILES SERIAL
    cp "$folder/ca/issued/$2.pem" "$1.crt.new"
    chmod 644 "$1.crt.new"
    mv "$1.crt.new" "$1.crt"
    [ ! -f "$1.csr.old" ] || mv "$1.csr.old" "$1.csr"
}
# Of a year's certificates a third is 122 days: who has that left and is not renewed yet was missed, and status says so.
due() {
    [ ! -f "$names" ] || sed -n 's/ booth$//p' "$names" | sort | while read -r name; do
        own=$(files_of "$name")
        [ -f "$own.crt" ] || continue
        days=$((123 + $(echo "$name" | cksum | cut -d ' ' -f 1) % 30))
        [ ! -f "$own.sending" ] && openssl x509 -in "$own.crt" -noout -checkend $((days * 86400)) >/dev/null || echo "$name"
    done
}
