"""A network of its own for a training job, as two small programs: one that makes it and one that enters it.

    python network_namespace.py hold FD READ_ONLY PORT ...
    python network_namespace.py enter PID COMMAND ...

`hold` makes namespaces in which there is nothing but loopback, listens there on the ports, hands the listening sockets
to whoever holds the other end of the socket FD, and keeps the namespaces until that end is closed. The directory
READ_ONLY cannot be written to in them. `enter` becomes COMMAND in the namespaces of the process PID. Standard library
only, because the container's Python runs it; by way of libc, because Python has `setns` from 3.12 on.

Sources: man pages namespaces(7), user_namespaces(7), mount(2), netdevice(7).
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

_NEW_NAMESPACE, _NEW_USER, _NEW_NETWORK = 0x00020000, 0x10000000, 0x40000000
_KINDS = ("user", "mnt", "net")
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _UP = 0x8913, 0x8914, 0x1
_BIND, _REMOUNT, _READ_ONLY, _PRIVATE_ALL = 0x1000, 0x20, 0x1, 0x44000
_LOCKED = os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME | os.ST_RELATIME
"""Flags that a mount in another user's namespace may not lose."""
_libc = ctypes.CDLL(None, use_errno=True)


def hold(control: int, read_only: str, ports: list[int]) -> None:
    """Make the namespaces and keep them; a failure ends this process, and the other end sees it close."""
    uid, gid = os.getuid(), os.getgid()
    _checked(_libc.unshare((0 if uid == 0 else _NEW_USER) | _NEW_NAMESPACE | _NEW_NETWORK))
    if uid != 0:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 - a file of the kernel's
                file.write(text)
    _bring_loopback_up()
    _mount(None, "/", _PRIVATE_ALL)
    _mount(read_only, read_only, _BIND)
    _mount(None, read_only, _BIND | _REMOUNT | _READ_ONLY | (os.statvfs(read_only).f_flag & _LOCKED))
    listening = [socket.create_server(("127.0.0.1", port), backlog=128) for port in ports]
    with socket.socket(fileno=control) as other_end:
        socket.send_fds(other_end, [b"ready"], [each.fileno() for each in listening])
        for each in listening:
            each.close()
        other_end.recv(1)  # nothing comes: it is closed when the job is over


def enter(pid: int, command: list[str]) -> None:
    """Become the command, in the namespaces of another process."""
    own = {kind: os.stat(f"/proc/self/ns/{kind}").st_ino for kind in _KINDS}  # noqa: PTH116 - files of the kernel's
    directory = os.getcwd()  # noqa: PTH109 - as above
    for kind in _KINDS:
        descriptor = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
        if os.fstat(descriptor).st_ino != own[kind]:
            _checked(_libc.setns(descriptor, 0))
        os.close(descriptor)
    os.chdir(directory)
    os.execvp(command[0], command)  # noqa: S606 - from an argument list, without a shell


def _bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | _UP))


def _mount(source: str | None, target: str, flags: int) -> None:
    place = source.encode() if source else None
    _checked(_libc.mount(place, target.encode(), None, ctypes.c_ulong(flags), None))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    if sys.argv[1] == "hold":
        hold(int(sys.argv[2]), sys.argv[3], [int(port) for port in sys.argv[4:]])
    else:
        enter(int(sys.argv[2]), sys.argv[3:])
