"""Tries TCP ports, all at once, and says how each one reacted.

  tcp.py scan TARGETS          one JSON list of outcomes, in the order of the targets
  tcp.py watch TARGETS EVERY   tries all of them every EVERY seconds until it is ended; a JSON line per attempt:
                               [time in ms, number of the target, outcome]

TARGETS is a JSON list of [address, port].
"""

import asyncio
import json
import sys
import time

SCAN_SECONDS = 2.0
WATCH_SECONDS = 0.9


async def attempt(address, port, seconds):
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), seconds)
    except asyncio.TimeoutError:
        return "dropped"
    except ConnectionError:
        return "refused"
    except OSError:
        return "unreachable"
    writer.close()
    return "open"


async def scan(targets):
    print(json.dumps(await asyncio.gather(*(attempt(*target, SCAN_SECONDS) for target in targets))))


async def watch(targets, every):
    running = set()

    async def sample(number):
        started = round(time.time() * 1000)
        outcome = await attempt(*targets[number], WATCH_SECONDS)
        print(json.dumps([started, number, outcome]), flush=True)

    while True:
        for number in range(len(targets)):
            task = asyncio.create_task(sample(number))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.sleep(every)


mode, targets, *rest = sys.argv[1:]
asyncio.run(scan(json.loads(targets)) if mode == "scan" else watch(json.loads(targets), float(rest[0])))
