"""A process that appends to or reads from an event log, for tests that kill it.

`append URL TOPIC NAME COUNT`: appends COUNT messages one at a time, keys NAME-0 … NAME-4 in turn, values 0, 1, 2 …;
prints each value once it is acknowledged. `consume URL GROUP TOPIC PAUSE`: prints `key value` of each message, then
commits it and pauses; prints `lost` when a commit is refused.
"""

import asyncio
import sys

from shared.runtime.eventlog import EventLog, Message, PartitionLost, open_log


async def append(log: EventLog, topic: str, name: str, count: str) -> None:
    for number in range(int(count)):
        await log.append([Message(topic, f"{name}-{number % 5}", str(number).encode())])
        say(str(number))


async def consume(log: EventLog, group: str, topic: str, pause: str) -> None:
    async with log.subscribe(group, [topic]) as subscription:
        say("joined")
        while True:
            for message in await subscription.poll(10, 0.5):
                say(f"{message.key} {message.value.decode()}")
                await asyncio.sleep(float(pause))
                try:
                    await subscription.commit(message.topic, message.partition, message.offset + 1)
                except PartitionLost:
                    say("lost")


async def main(role: str, url: str, *arguments: str) -> None:
    log = await open_log(url)
    await {"append": append, "consume": consume}[role](log, *arguments)
    await log.close()


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
