"""Facts of the three walls, each tried from inside the unit's own sandbox, with a control that the attempt can work."""

from __future__ import annotations

from tests.deb.booth import PORT, Booth
from tests.deb.probe import FAMILIES
from tests.deb.sandbox import try_inside

ELSEWHERE, THIRD = "198.51.100.9", "203.0.113.7"
"Addresses of the documentation's own blocks, reachable on the machine's loopback here."
CAMERA, GPU, TUN = "/dev/video0", "/dev/dri/renderD128", "10 200"
FUSE = "10 229"
"Numbers of drivers that this kernel has: nodes by the names of a camera and a GPU that really open."


def vision_has_no_socket_but_unix_ones(booth: Booth) -> str:
    found = try_inside(booth, "vision", *[f"socket={family}" for family in FAMILIES])
    assert found.pop("socket=AF_UNIX") == "ok"
    assert not [family for family, how in found.items() if how == "ok"], found
    return f"{len(found)} other families refused"


def vision_has_no_network_and_no_route(booth: Booth) -> str:
    found = try_inside(booth, "vision", "routes=")["routes="]
    assert found == "lo; 0 routes", found
    return found


def the_uplink_may_talk_to_the_world(booth: Booth) -> str:
    """The control of the two above and of the display's."""
    booth.machine.run("ip", "address", "add", f"{ELSEWHERE}/32", "dev", "lo")
    found = try_inside(booth, "uplink", f"send={ELSEWHERE}:9", f"connect=127.0.0.1:{PORT}")
    assert set(found.values()) == {"ok"}, found
    return ELSEWHERE


def the_display_reaches_this_machine_only(booth: Booth) -> str:
    attempts = [f"send={ELSEWHERE}:9", f"connect={ELSEWHERE}:{PORT}", f"connect=127.0.0.1:{PORT}"]
    found = try_inside(booth, "display", *attempts)
    assert found[attempts[2]] == "ok", found
    assert "ok" not in (found[attempts[0]], found[attempts[1]]), found
    assert "refused" not in found[attempts[1]], found
    return f"{found[attempts[0]]}, {found[attempts[1]]}"


def the_display_reaches_the_one_lan_that_a_drop_in_names(booth: Booth) -> str:
    unit = "probe-display.service"
    booth.drop_in(unit, "50-lan", "[Service]\nIPAddressAllow=198.51.100.0/24\n")
    try:
        found = try_inside(booth, "display", f"send={ELSEWHERE}:9")
        assert set(found.values()) == {"ok"}, found
    finally:
        booth.undo(unit, "50-lan")
    return "198.51.100.0/24"


def the_uplink_can_open_no_camera_and_no_gpu(booth: Booth) -> str:
    machine = booth.machine
    machine.does("sh", "-c", f"mkdir -p /dev/dri; mknod -m 660 {CAMERA} c {FUSE}; mknod -m 666 {GPU} c {TUN}")
    machine.does("chgrp", "video", CAMERA)
    machine.does("sh", "-c", f"exec 3<>{CAMERA}; exec 4<>{GPU}")
    found = try_inside(
        booth, "uplink", f"device={CAMERA}", f"device={GPU}", "node=/tmp/camera", "device=/dev/null"
    )
    assert found.pop("device=/dev/null") == "ok"
    assert "ok" not in found.values(), found
    return ", ".join(found.values())


def vision_can_open_its_camera_and_nothing_else(booth: Booth) -> str:
    machine = booth.machine
    # The settings name a camera for this one fact: the drop-in is generated for it, as on a machine that has one.
    booth.write_settings(camera={"source": f"v4l2:{CAMERA}"})
    try:
        machine.does("booth", "units")
        found = try_inside(booth, "vision", f"device={CAMERA}", f"device={GPU}")
    finally:
        booth.write_settings()
        machine.does("booth", "units")
    assert found == {f"device={CAMERA}": "ok", f"device={GPU}": "Operation not permitted"}, found
    without = try_inside(booth, "vision", f"device={CAMERA}")
    assert set(without.values()) == {"Operation not permitted"}, without
    return "opened with the generated drop-in, refused without"


def a_network_camera_opens_its_one_address_to_vision_and_its_login_to_nobody_else(booth: Booth) -> str:
    machine, login = booth.machine, "/etc/booth/keys/camera.login"
    for address in (ELSEWHERE, THIRD):
        machine.run("ip", "address", "add", f"{address}/32", "dev", "lo")
    machine.put(login, "admin:secret\n", 0o600)
    booth.write_settings(camera={"source": f"rtsp://{ELSEWHERE}/main"})
    try:
        machine.does("booth", "units")
        own = "read=/run/credentials/probe-vision.service/camera.login"
        away = [f"send={THIRD}:9", f"connect=127.0.0.1:{PORT}", "socket=AF_INET6", f"read={login}"]
        found = try_inside(booth, "vision", own, f"connect={ELSEWHERE}:554", *away)
        other = try_inside(booth, "uplink", f"read={login}", own)
    finally:
        machine.does("rm", "-f", login)
        booth.write_settings()
        machine.does("booth", "units")
    assert found[own] == "ok", found
    # There is no camera: that somebody says so shows that the way is open.
    assert found[f"connect={ELSEWHERE}:554"] == "Connection refused", found
    assert not [way for way in away if found[way] in ("ok", "Connection refused")], found
    assert "ok" not in other.values(), other
    return f"{ELSEWHERE} only; login a credential of vision"


def nobody_touches_the_process_of_another(booth: Booth) -> str:
    pids = {process: booth.pid(process) for process in ("vision", "uplink", "display")}
    for process in pids:
        for other, pid in pids.items():
            if other != process:
                found = try_inside(
                    booth, process, f"signal={pid}", f"read=/proc/{pid}/environ", f"read=/proc/{pid}/mem"
                )
                assert "ok" not in found.values(), (process, other, found)
    return "no signal, no environment, no memory"


def no_unit_writes_code_into_memory_or_reaches_for_the_kernel(booth: Booth) -> str:
    # On x86-64: bpf, unshare of the user name space, mount, kexec_load, init_module, ptrace, perf_event_open.
    calls = [f"call={number}" for number in ("321", f"272:{0x10000000}", "165", "246", "175", "101", "298")]
    for process in ("vision", "uplink", "display"):
        found = try_inside(booth, process, "code=", *calls)
        assert "ok" not in found.values(), (process, found)
    return f"{len(calls)} calls and W+X refused to each"


def no_process_leaves_a_core_and_vision_has_no_swap(booth: Booth) -> str:
    machine = booth.machine
    for process in ("vision", "uplink", "display"):
        limits = machine.says("cat", f"/proc/{booth.pid(process)}/limits")
        core = next(line for line in limits.splitlines() if "core" in line)
        assert core.split()[4:6] == ["0", "0"], core
        assert booth.show(f"booth-{process}.service", "MemorySwapMax") == "0"
        owner = machine.says("stat", "-c", "%U", f"/proc/{booth.pid(process)}/mem")
        assert owner == "root", f"{process} can be dumped: /proc/PID/mem is of {owner}"
    assert (
        machine.does("cat", "/usr/lib/sysctl.d/60-booth.conf").count("kernel.core_pattern = |/bin/false") == 1
    )
    nvargus = "nvargus-daemon.service"
    machine.put(f"/run/systemd/system/{nvargus}", "[Service]\nExecStart=/bin/sleep infinity\n")
    try:
        machine.does("systemctl", "daemon-reload")
        assert (booth.show(nvargus, "LimitCORE"), booth.show(nvargus, "MemorySwapMax")) == ("0", "0")
    finally:
        machine.does("rm", f"/run/systemd/system/{nvargus}")
        machine.does("systemctl", "daemon-reload")
    return "RLIMIT_CORE 0, not dumpable, MemorySwapMax 0; nvargus-daemon as well"


def only_the_declared_sockets_listen(booth: Booth) -> str:
    lines = booth.machine.says("ss", "-Hltnup").splitlines()
    known = ("mosquitto", "systemd-resolve", "127.0.0.1:8480")
    foreign = [line for line in lines if not any(name in line for name in known)]
    assert not foreign, foreign
    return "127.0.0.1:8480"


FACTS = (
    vision_has_no_socket_but_unix_ones,
    vision_has_no_network_and_no_route,
    the_uplink_may_talk_to_the_world,
    the_display_reaches_this_machine_only,
    the_display_reaches_the_one_lan_that_a_drop_in_names,
    the_uplink_can_open_no_camera_and_no_gpu,
    vision_can_open_its_camera_and_nothing_else,
    a_network_camera_opens_its_one_address_to_vision_and_its_login_to_nobody_else,
    nobody_touches_the_process_of_another,
    no_unit_writes_code_into_memory_or_reaches_for_the_kernel,
    no_process_leaves_a_core_and_vision_has_no_swap,
    only_the_declared_sockets_listen,
)
