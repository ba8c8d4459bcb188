# Steps of building the image: each is done once, and a run that was stopped goes on with the first that is not.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

step() { # NAME FUNCTION [WORDS TO KEEP]
    if [ -f "$state/$1" ]; then
        say "is done   $1"
        return
    fi
    say "now       $1"
    "$2"
    mark_done "$1" "${3:-}"
}
mark_done() { # NAME [WORDS]
    mkdir -p "$state"
    echo "${2:-done}" >"$state/.$1.new"
    sync "$state/.$1.new"
    mv "$state/.$1.new" "$state/$1"
}
image_is_built() { [ "$restart" = no ] && [ -f "$state/images" ]; }

# Everything that goes into the system of the Jetson, as one sum: another key or package means another system.
system_inputs() {
    {
        echo "$bsp_sha256 $bsp_sha1 $sample_sha256 $sample_sha1 $user $online $screen"
        cat "$ssh_key"
        [ ${#debs[@]} = 0 ] || sha256sum "${debs[@]}" | cut -d ' ' -f 1
        (cd "$here" && find rootfs lib/{bsp,user,packages,image,screen}.sh ../package/screen-packages.txt -type f -print0 | sort -z | xargs -0 sha256sum)
    } | sha256sum | cut -d ' ' -f 1
}
# Changed inputs, or --restart: what was begun is of no use.
forget_what_changed() {
    local inputs
    inputs=$(system_inputs)
    if [ "$restart" = yes ] || [ "$(cat "$state/inputs" 2>/dev/null)" != "$inputs" ]; then
        [ ! -d "$state" ] || say "the image is built anew, from the archives"
        unmount_rootfs
        rm -rf --one-file-system "$state" "$tree" "$tree.part"
        restart=no
        mark_done inputs "$inputs"
    fi
}
