"""What Praat measures of a voice's periods, with the limits of its voice report."""

from __future__ import annotations

import re

import numpy as np
import parselmouth
from parselmouth.praat import call

RATE = 16000


def praats(y: np.ndarray) -> tuple[list[float], np.ndarray]:
    """Give the measures of Praat's voice report, and its F0 every 10 ms.

    They are jitter (local, rap, ppq5), shimmer (local, local dB, apq3, apq5), the
    harmonics-to-noise ratio, F0, and the number of periods.
    """
    sound = parselmouth.Sound(y.astype(np.float64), RATE)
    pitch = sound.to_pitch_cc(time_step=0.01, pitch_floor=75, pitch_ceiling=600)
    marks = call([sound, pitch], "To PointProcess (cc)")
    limits = (0, 0, 0.8 / 600, 1.25 / 75, 1.3)
    measured = [call(marks, f"Get jitter ({k})", *limits) for k in ("local", "rap", "ppq5")]
    for kind in ("local", "local_dB", "apq3", "apq5"):
        measured.append(call([sound, marks], f"Get shimmer ({kind})", *limits, 1.6))
    text = call([sound, pitch, marks], "Voice report", 0, 0, 75, 600, 1.3, 1.6, 0.03, 0.45)
    ratio = re.search(r"harmonics-to-noise ratio: ([-\d.]+)", text)
    assert ratio is not None
    measured.append(float(ratio[1]))
    measured.append(1 / call(marks, "Get mean period", *limits))
    measured.append(call(marks, "Get number of points") - 1)
    f0 = [pitch.get_value_at_time(t / 100) for t in range(len(y) * 100 // RATE)]
    return measured, np.array(f0)
