# The facts of one release of Jetson Linux, and the sums by which NVIDIA's archives are known.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

load_release() {
    release_file=$releases/$release.conf
    [ -f "$release_file" ] || misuse "--release $release: one of $(known_releases)"
    # shellcheck source-path=SCRIPTDIR source=../releases/r36.conf
    . "$release_file"
    tree=$folder/$release/Linux_for_Tegra
    rootfs=$tree/rootfs
    state=$folder/$release/state
}
known_releases() { basename -s .conf "$releases"/*.conf | paste -sd ' '; }

# NVIDIA's server writes the names of its archives with a small r, its list of sums with a capital one.
archive_path() { # NAME
    find "$folder" -maxdepth 1 -type f -iname "$1" 2>/dev/null | sort | head -n 1
}
same_name() { [ "${1,,}" = "${2,,}" ]; }

pin_archive() { # FILE [--sum HASH]
    { [ $# = 1 ] || { [ $# = 3 ] && [ "$2" = --sum ]; }; } || misuse "pin takes one file: flash pin FILE [--sum HASH]"
    [ -f "$1" ] || fail "$1: no such file; download it from NVIDIA's page of the release first"
    local key sum=${3:-} sha1 sha256
    find_pin_of "$(basename "$1")"
    sha1=$(sha1sum "$1" | cut -d ' ' -f 1)
    sha256=$(sha256sum "$1" | cut -d ' ' -f 1)
    echo "$(basename "$1") is the $key of $title"
    echo "sha1    $sha1"
    echo "sha256  $sha256"
    [ -n "$sum" ] || ask_for_sum
    check_sum "$1"
    write_pin "${key}_sha1" "$sha1"
    write_pin "${key}_sha256" "$sha256"
    echo "recorded in $release_file; commit that file, so that every site refuses another archive"
}
# Sets release, release_file and key: bsp or sample.
find_pin_of() { # NAME
    for release in $(known_releases); do
        load_release
        key=bsp
        ! same_name "$1" "$bsp" || return 0
        key=sample
        ! same_name "$1" "$sample" || return 0
    done
    fail "$1: no release in $releases uses a file of that name; download the one that it names"
}
ask_for_sum() {
    [ -t 0 ] || fail "say what NVIDIA's page (release_sha_hashes.txt of the release) gives: flash pin FILE --sum HASH"
    read -r -p "the sum on NVIDIA's page (release_sha_hashes.txt): " sum
}
check_sum() { # FILE
    case ${sum,,} in
    "$sha1" | "$sha256") ;;
    *) fail "$(basename "$1"): NVIDIA's page says $sum, the file is another; download it again, and do not use this one" ;;
    esac
}
write_pin() { # KEY SUM
    cp -p "$release_file" "$release_file.new"
    sed -i "s/^$1=.*/$1=$2/" "$release_file.new"
    mv "$release_file.new" "$release_file"
}
