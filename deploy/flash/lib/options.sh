# The command line: words go in, what is wanted comes out; wrong use ends here with status 2.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of flash and of its other parts

usage() {
    cat <<TEXT
usage: sudo flash [OPTIONS]             check, build the image, write one Jetson, look whether it boots
       sudo flash --check [OPTIONS]     only look for what stands in the way, and say what to do about it
       sudo flash --no-flash            build the image only: once per site
       sudo flash --flash-only          write only: each Jetson after the image is built
       sudo flash --massflash N         with --no-flash: build for N at a time; with --flash-only: write N at a time
       flash pin FILE [--sum HASH]      record one of NVIDIA's archives after comparing it with NVIDIA's page
       flash report [RUN]               pack the log of the last run, or of RUN, for whoever helps from afar

what to flash
  --release r36|r39     JetPack 6.2 (r36) or 7.2 (r39); r36 unless said otherwise
  --board NAME          NVIDIA's name of the carrier board's configuration; known for NVIDIA's developer kits
  --module NAME         $(module_names | paste -sd ' '); else the Jetson at the cable is asked
what to put on it
  --ssh-key FILE.pub    who may log in: the team's public key. There is no password
  --user NAME           the name to log in with; technician unless said otherwise
  --deb FILE            a package to install, the booth's or one that it needs; may be given several times
  --no-booth            a system without the booth's package
  --screen              the booth has a screen of its own: it shows the board, and there is no desktop
  --online              may fetch what these packages need in addition
  --root-gib N          size of each of the two systems in GiB; 20 unless said otherwise
  --accept-license      you have read NVIDIA's licence and accept it
how
  --folder DIR          archives, image, state and logs; /srv/booth-flash unless said otherwise
  --identity FILE       private key to look into the booted Jetson with; else only its USB identity is checked
  --accept vm|host      go on in a virtual machine (vm) or on a system that NVIDIA does not support (host)
  --restart             forget the image that was begun and build it from the archives

A run that failed or was stopped: the same command goes on where it stopped. Status: 0 done, 1 failed, 2 wrong use.
The log is in DIR/logs, one folder per run. deploy/flash/README.md has the steps with pictures in words.
TEXT
}
set_defaults() {
    verb=flash release=r36 board='' module='' ssh_key='' user=technician root_gib=20 identity=''
    folder=/srv/booth-flash debs=() accepted=() arguments=() accept_license=no online=no screen=no restart=no no_booth=no
    do_build=yes do_write=yes units_wanted=1 command_line="$*"
}
read_options() {
    set_defaults "$@"
    case ${1:-} in
    pin | report)
        verb=$1
        shift
        read_folder "$@"
        return
        ;;
    esac
    read_words "$@"
    check_options
}
read_words() {
    while [ $# -gt 0 ]; do
        read_switch "$1" || {
            [ $# -ge 2 ] || misuse "$1: unknown, or its value is missing"
            read_value "$1" "$2"
            shift
        }
        shift
    done
}
read_switch() { # WORD
    case $1 in
    -h | --help) usage && exit 0 ;;
    --check) verb=check ;;
    --no-flash) do_write=no ;;
    --flash-only) do_build=no ;;
    --accept-license) accept_license=yes ;;
    --online) online=yes ;;
    --no-booth) no_booth=yes ;;
    --screen) screen=yes ;;
    --restart) restart=yes ;;
    *) return 1 ;;
    esac
}
read_value() { # OPTION VALUE
    case $1 in
    --release) release=$2 ;;
    --board) board=$2 ;;
    --module) module=$2 ;;
    --ssh-key) ssh_key=$2 ;;
    --user) user=$2 ;;
    --deb) debs+=("$2") ;;
    --root-gib) root_gib=$2 ;;
    --folder) folder=$2 ;;
    --identity) identity=$2 ;;
    --massflash) units_wanted=$2 ;;
    --accept) accepted+=("$2") ;;
    *) misuse "$1: unknown option" ;;
    esac
}
# For pin and report: the options that they share, and words of their own.
read_folder() {
    while [ $# -gt 0 ]; do
        case $1 in
        -h | --help) usage && exit 0 ;;
        --folder | --release)
            [ $# -ge 2 ] || misuse "$1: its value is missing"
            read_value "$1" "$2"
            shift
            ;;
        *) arguments+=("$1") ;;
        esac
        shift
    done
}
check_options() {
    [ "$do_build$do_write" != nono ] || misuse "--no-flash and --flash-only leave nothing to do"
    [[ $units_wanted =~ ^([1-9]|10)$ ]] || misuse "--massflash $units_wanted: a number from 1 to 10"
    # Two systems, NVIDIA's small partitions and 8 GiB of data fit into the 57 GiB that NVIDIA's layout assumes.
    [[ $root_gib =~ ^(1[6-9]|2[0-3])$ ]] || misuse "--root-gib $root_gib: a number from 16 to 23"
    [[ $user =~ ^[a-z][a-z0-9-]{0,30}$ ]] && [ "$user" != root ] || misuse "--user $user: a-z, 0-9 and -, and not root"
    [[ $folder =~ ^[A-Za-z0-9/._-]+$ ]] || misuse "--folder $folder: choose one without blanks and special characters"
    [[ -z $board || $board =~ ^[a-z0-9+-]+$ ]] || misuse "--board $board: no name of a board"
    [ -z "$module" ] || module_known "$module" || misuse "--module $module: one of $(module_names | paste -sd ' ')"
    check_accepted
    [ "${folder#/}" != "$folder" ] || folder=$PWD/$folder
}
check_accepted() {
    local word
    for word in "${accepted[@]}"; do
        case $word in vm | host) ;; *) misuse "--accept $word: vm or host" ;; esac
    done
}
has_accepted() { [[ " ${accepted[*]} " == *" $1 "* ]]; }
