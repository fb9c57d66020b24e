"""What `serfast bench` measures: how fast this machine is with this installation.

settings.py     what is chosen: back end, instruction set, threads, chunk, seconds, features
machine.py      processor, governor, temperature, versions
noise.py        whether the machine was calm enough to be measured
process.py      every measurement has a process of its own: its environment, start and memory
child.py        … and that process: what it says, and where
laps.py         one piece of work, again and again for so long
throughput.py   rows of a recording, times real time
latency.py      one chunk in, one row out: quantiles and histogram.py
predictions.py  recordings judged a second, of each classifier
startup.py      from nothing to the first row; the memory that it takes (memory.py)
live.py         how many live streams: one process that carries its share of them
capacity.py     … computed, then shown by running that many
suite.py        all of it, as one dictionary, which is also the JSON
saved.py        … read back from a file
report.py  compare.py  picture.py    the dictionary as text, beside an older one, drawn
"""

from __future__ import annotations

__all__ = ["FORMAT"]

FORMAT = 1
"""Version of the dictionary."""
