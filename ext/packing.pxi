# Tables are put here into the order in which the kernels read them.

import numpy as np


def interleaved(values):
    """Give complex values as re, im, re, im …"""
    return np.stack([values.real, values.imag], axis=-1)


def first_stage_width(plan, int lanes):
    """Give how many columns a first stage in registers takes at a time; 0 if it has passes."""
    return next(w for w in (16, 8, 4, 1) if w <= lanes and w <= plan.cols) * plan.in_registers


def column_groups(plan, int width):
    """Give the columns taken together, groups × width; the last group ends with the last column."""
    starts = np.minimum(np.arange(0, plan.cols, width), plan.cols - width)
    return starts[:, None] + np.arange(width)


def packed_factors(plan, int width):
    """Give the factors between the stages: (group of columns, row, re or im, column)."""
    if width:
        values = plan.twiddle[1:, column_groups(plan, width)]
    else:
        padded = np.ones(((plan.rows + 3) // 4 * 4, plan.row_stride), dtype=np.complex128)
        padded[: plan.rows] = plan.twiddle
        values = padded.reshape(len(padded), -1, 4)
    return np.stack([values.real, values.imag], axis=2).transpose(1, 0, 2, 3)


def packed_window(plan, window, int width):
    """Give a window for the plan: if its length is even, halved, even samples before odd ones."""
    if len(window) % 2:
        return window
    halves = np.stack([window[::2], window[1::2]]) / 2
    if not width:
        return halves.ravel()
    rows = halves.reshape(2, plan.rows, plan.cols)[:, :, column_groups(plan, width)]
    groups = rows.transpose(2, 1, 0, 3)
    factors = packed_factors(plan, width)
    return np.concatenate([g.reshape(len(g), -1) for g in (groups, factors)], axis=1)


def packed_frame_bands(weights):
    """Give the mel matrix as sparse rows for frames side by side: first bins, counts, and weights.

    The first bins are those of packed_bands, so that each weight is in the same lane of a sum.
    """
    n_bands, n_bins = weights.shape
    padded = np.pad(weights, ((0, (-n_bands) % 8), (0, 16)))
    firsts = np.array([first for pair in packed_bands(weights)[0] for first in pair[:2]])
    # the pairs of eight bands are 0 4 1 5 2 6 3 7
    firsts = firsts.reshape(-1, 4, 2).transpose(0, 2, 1).ravel()[:n_bands]
    ends = [np.flatnonzero(row)[-1] + 1 if row.any() else 0 for row in weights]
    least = np.maximum(np.array(ends) - firsts, 1)
    counts = np.where(least > 2, (least + 3) // 4 * 4, least)
    rows = [padded[b, first : first + n] for b, (first, n) in enumerate(zip(firsts, counts))]
    return firsts, counts, np.concatenate(rows)


def packed_bands(weights):
    """Give the mel matrix as pairs of sparse rows: (first bin, first bin, blocks), and weights.

    Zero rows complete the last eight. A block that would reach past the last bin begins earlier.
    """
    n_bins = weights.shape[1]
    rows = np.zeros(((len(weights) + 7) // 8 * 8, n_bins + 7))
    rows[: len(weights), :n_bins] = weights
    pairs, packed = [], []
    for one in np.flatnonzero(np.arange(len(rows)) % 8 < 4):
        used = [np.flatnonzero(rows[b]) for b in (one, one + 4)]
        spans = [(u[0], u[-1] + 1) if u.size else (0, 1) for u in used]
        blocks = max((end - begin + 7) // 8 for begin, end in spans)
        first = [max(0, min(begin, n_bins - 8 * blocks)) for begin, _ in spans]
        pairs.append((*first, blocks))
        values = [rows[b, f : f + 8 * blocks] for b, f in zip((one, one + 4), first, strict=True)]
        packed.append(np.stack([v.reshape(-1, 8) for v in values], axis=1).ravel())
    return pairs, np.concatenate(packed)
