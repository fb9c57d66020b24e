"""What `serfast bench` measures: how fast this machine is with this installation.

settings.py     what is chosen: back end, instruction set, threads, chunk, seconds, features
machine.py      facts about the machine: processor, governor, temperature
noise.py        whether the machine was quiet enough to be measured
process.py      a process that measures, started and heard by its parent
channel.py      the channel on which such a process answers
measures.py     the measurements, each in such a process
child.py        what the process does
laps.py         how long a piece of work takes each time
throughput.py   rows of recordings
latency.py      one chunk in, one row out; quantiles and counts are made by histogram.py
predictions.py  recordings that a classifier judges
startup.py      from nothing to the first row (first_calls.py), and its memory (memory.py)
live.py         many live streams in one process
capacity.py     how many live streams the machine carries
suite.py        all measurements as one dictionary, which is also the JSON
saved.py        a dictionary read again from a file
report.py       the dictionary as text
compare.py      the dictionary beside an older one
picture.py      the dictionary as a picture

The repository's benchmarks start their processes, read the machine and take their times with the
same modules.
"""

from __future__ import annotations

__all__ = ["FORMAT"]

FORMAT = 1
"""Version of the dictionary."""
