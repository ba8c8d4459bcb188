# What the technician brings: NVIDIA's archives, the team's key, the packages; each checked before any work is done.
# shellcheck shell=bash disable=SC2154 # variables of flash and of its other parts

check_archives() {
    image_is_built || {
        check_archive "$bsp" "$bsp_sha1" "$bsp_sha256"
        check_archive "$sample" "$sample_sha1" "$sample_sha256"
    }
}
check_archive() { # NAME SHA1 SHA256
    local file
    file=$(archive_path "$1")
    if [ -z "$file" ]; then
        stands "$1 is not in $folder" "download it from NVIDIA's Jetson Linux page of that release"
    elif [ -z "$2$3" ]; then
        stands "$1 was never compared with NVIDIA's sum" "flash pin $file"
    elif ! sum_is_right "$file" "$2" "$3"; then
        stands "$file is not the archive that was recorded" "download it again; if NVIDIA changed it, flash pin $file"
    fi
}
# 7 GB take a minute to read, so what was read once is known by its size and time.
sum_is_right() { # FILE SHA1 SHA256
    local known=$folder/.sums mark
    mark="$(stat -c '%n %s %Y %i' "$1") $2 $3"
    ! grep -qxFs -- "$mark" "$known" || return 0
    [ -z "$3" ] || [ "$(sha256sum "$1" | cut -d ' ' -f 1)" = "$3" ] || return 1
    [ -z "$2" ] || [ "$(sha1sum "$1" | cut -d ' ' -f 1)" = "$2" ] || return 1
    echo "$mark" >>"$known"
}
check_licence() {
    [ "$accept_license" = yes ] || image_is_built ||
        stands "NVIDIA's licence is not accepted" "read it in the archive's Tegra_Software_License_Agreement, then --accept-license"
}
check_key() {
    image_is_built && [ -z "$ssh_key" ] && return
    [ -n "$ssh_key" ] || { stands "nobody could log in: no key was given" "--ssh-key FILE.pub, the team's public key" && return; }
    [ -f "$ssh_key" ] || { stands "$ssh_key: no such file" "--ssh-key FILE.pub, the team's public key" && return; }
    ! grep -q 'PRIVATE KEY' "$ssh_key" || { stands "$ssh_key is the secret half of a key" "--ssh-key $ssh_key.pub" && return; }
    [ -n "$(key_lines)" ] && [ "$(key_lines | ssh-keygen -l -f - 2>/dev/null | wc -l)" = "$(key_lines | wc -l)" ] ||
        { stands "$ssh_key has a line that is no public key, or none" "ssh-keygen -t ed25519 makes a pair; give the .pub" && return; }
    ! key_lines | grep -qE '(^|,)from=' ||
        hint "$ssh_key says from where one may log in; over the cable that is 192.168.55.100"
}
# As sshd reads them: one key a line, with options before it or none; an editor of Windows ends lines in its own way.
key_lines() { tr -d '\r' <"$ssh_key" | grep -vE '^[[:space:]]*(#|$)' || true; }
# What --identity looks into the booted Jetson with, an hour later: nobody is there then to type a passphrase.
check_identity() {
    local told
    [ -n "$identity" ] || return 0
    [ -f "$identity" ] || { stands "$identity: no such file" "--identity FILE, the secret half of the team's key" && return; }
    told=$(ssh-keygen -y -P '' -f "$identity" 2>&1) || { identity_is_refused "$told" && return; }
    [ ! -f "$ssh_key" ] || key_lines | grep -qF -- "$(cut -d ' ' -f 2 <<<"$told")" ||
        stands "$identity does not belong to $ssh_key" "give the two halves of one key"
}
identity_is_refused() { # WORDS OF SSH-KEYGEN
    local words=$1
    grep -q 'PRIVATE KEY' "$identity" || words=none
    case $words in
    *'bad permissions'*) stands "$identity can be read by others, so ssh refuses it" "chmod 600 $identity" ;;
    *passphrase*) stands "$identity is locked by a passphrase" "go without --identity, and log in by hand" ;;
    *) stands "$identity is no secret half of a key" "--identity FILE, the one without .pub" ;;
    esac
}
check_debs() {
    local deb
    image_is_built && [ -z "$ssh_key" ] && return
    has_booth || stands "no package of the booth is given" "--deb booth_...+py${python/./}_arm64.deb (make deb ARCH=arm64 PY=$python), or --no-booth"
    for deb in "${debs[@]}"; do
        dpkg-deb -f "$deb" Package >/dev/null 2>&1 || { stands "$deb is no package" "give the .deb file itself" && continue; }
        case $(dpkg-deb -f "$deb" Architecture) in
        arm64 | all) ;;
        *) stands "$deb is for $(dpkg-deb -f "$deb" Architecture)" "the one for arm64" ;;
        esac
        python_fits "$deb" || stands "$deb is not for Python $python" "the one that was built for $release"
    done
}
has_booth() {
    local deb
    [ "$no_booth" = no ] || return 0
    for deb in "${debs[@]}"; do
        [ "$(dpkg-deb -f "$deb" Package 2>/dev/null)" != booth ] || return 0
    done
    return 1
}
# Of `python3 (>= 3.10)` and `python3 (<< 3.11)`, as the booth's package says.
python_fits() { # DEB
    local relation
    while read -r relation; do
        # shellcheck disable=SC2086 # two words
        dpkg --compare-versions "$python" $relation || return 1
    done < <(dpkg-deb -f "$1" Depends | tr ',' '\n' | sed -n 's/^ *python3 (\([<>=]*\) \([0-9.]*[0-9]\)[~0-9a-z]*) *$/\1 \2/p')
}
