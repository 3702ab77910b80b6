"""Sends packets that need no connection, and says what came back: "silence", "refused" (ICMP) or "answered";
or that the sender's own firewall did not let one out: "held back".

  datagrams.py PACKETS   one JSON list of outcomes, in the order of the packets

PACKETS is a JSON list of [protocol, address, port, mark]: udp, esp or icmp (an echo request). The receiver tells the
packets apart by the mark: the source port, the SPI or the identifier.
"""

import json
import socket
import struct
import sys
import time


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def send(protocol, address, port, mark):
    if protocol == "udp":
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind(("", mark))
        sender.connect((address, port))
        sender.send(b"probe")
        return sender
    number = {"esp": 50, "icmp": 1}[protocol]
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, number)
    sender.connect((address, 0))
    if protocol == "esp":
        sender.send(struct.pack("!LL", mark, 1) + bytes(24))
    else:
        echo = struct.pack("!BBHHH", 8, 0, checksum(struct.pack("!BBHHH", 8, 0, 0, mark, 1)), mark, 1)
        sender.send(echo)
    return sender


def try_to_send(packet):
    try:
        return send(*packet)
    except PermissionError:
        return None


def reaction(sender):
    if sender is None:
        return "held back"
    sender.setblocking(False)
    try:
        sender.recv(2048)
        return "answered"
    except BlockingIOError:
        return "silence"
    except OSError:
        return "refused"


senders = [try_to_send(packet) for packet in json.loads(sys.argv[1])]
time.sleep(1)
print(json.dumps([reaction(sender) for sender in senders]))
