"""Sends packets, and answers them, to see what a firewall lets through.

  packets.py serve                          answers TCP ports 22, 80 and 81 and UDP port 53; says "ready"
  packets.py try PROTOCOL ADDRESS PORT SECONDS
                                            says "answered" or "silent"; ICMP has no port, give 0
"""

import os
import selectors
import socket
import struct
import sys


def serve():
    selector = selectors.DefaultSelector()
    for port in (22, 80, 81):
        listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        selector.register(listener, selectors.EVENT_READ, lambda it: it.accept()[0].close())
    echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    echo.bind(("", 53))
    selector.register(echo, selectors.EVENT_READ, lambda it: it.sendto(*it.recvfrom(100)))
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ping(family, address):
    protocol, kind = (socket.IPPROTO_ICMP, 8) if family == socket.AF_INET else (socket.IPPROTO_ICMPV6, 128)
    probe = socket.socket(family, socket.SOCK_RAW, protocol)
    number = os.getpid() & 0xFFFF
    body = struct.pack("!HH", number, 1)
    # Of IPv6 the kernel knows the sum.
    total = checksum(struct.pack("!BBH", kind, 0, 0) + body)
    probe.sendto(struct.pack("!BBH", kind, 0, total) + body, (address, 0))
    reply = 0 if family == socket.AF_INET else 129
    while True:
        answer = probe.recv(200)[20 if family == socket.AF_INET else 0:]
        if answer[0] == reply and struct.unpack("!H", answer[4:6])[0] == number:
            return


def attempt(protocol, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    if protocol == "icmp":
        ping(family, address)
    elif protocol == "tcp":
        socket.create_connection((address, port)).close()
    else:
        probe = socket.socket(family, socket.SOCK_DGRAM)
        probe.sendto(b"anybody there", (address, port))
        probe.recv(100)


def main():
    if sys.argv[1] == "serve":
        serve()
    _, _, protocol, address, port, seconds = sys.argv
    socket.setdefaulttimeout(float(seconds))
    try:
        attempt(protocol, address, int(port))
        print("answered")
    except (TimeoutError, PermissionError):
        # The kernel says EPERM for some packets that its own rules drop on their way out.
        print("silent")


main()
