"""feature_rows: the extractor's rows, from an iterable of chunks, asynchronous or not."""

from __future__ import annotations

import asyncio
import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers.chunks import divided, divisions, syllables
from serfast import presets

Y = syllables(0.5)
EXTRACTOR = serfast.Extractor(presets.speech())
EXPECTED = EXTRACTOR(Y)


async def arriving(chunks):
    for chunk in chunks:
        yield chunk


async def gathered(chunks, spec):
    return [row async for row in serfast.feature_rows(chunks, spec)]


@given(divisions(len(Y)), st.booleans())
@settings(max_examples=40)
def test_rows_are_the_batchs_for_every_division(cuts, asynchronous):
    chunks = divided(Y, cuts)
    if asynchronous:
        rows = asyncio.run(gathered(arriving(chunks), EXTRACTOR))
    else:
        rows = list(serfast.feature_rows(chunks, EXTRACTOR))
    assert np.stack(rows).tobytes() == EXPECTED.tobytes()


def test_a_spec_will_do():
    rows = list(serfast.feature_rows(iter([Y]), presets.speech()))
    assert np.stack(rows).tobytes() == EXPECTED.tobytes()


@pytest.mark.parametrize("asynchronous", [False, True])
def test_chunks_at_another_rate_are_resampled(asynchronous):
    chunks = np.array_split(Y, 7)
    if asynchronous:

        async def rows():
            made = serfast.feature_rows(arriving(chunks), EXTRACTOR, sample_rate=48000)
            return [row async for row in made]

        found = asyncio.run(rows())
    else:
        found = list(serfast.feature_rows(chunks, EXTRACTOR, sample_rate=48000))
    expected = EXTRACTOR(serfast.audio.resample(Y, 48000, 16000))
    assert np.stack(found).tobytes() == expected.tobytes()


def test_a_bad_rate_is_refused_at_once():
    with pytest.raises(serfast.ParameterError, match="sample_rate must be"):
        serfast.feature_rows([Y], EXTRACTOR, sample_rate=0)


def test_rows_come_as_soon_as_their_samples():
    """Row 0 of 512 centred samples needs 256; no chunk after those is asked for before it."""
    asked = []

    def chunks():
        for i in range(4):
            asked.append(i)
            yield np.ones(128, np.float32)

    rows = serfast.feature_rows(chunks(), serfast.FeatureSpec(features=[serfast.RMS()]))
    assert asked == []
    next(rows)
    assert asked == [0, 1]


def test_other_tasks_run_between_chunks_even_if_none_ever_waits():
    """A source that never waits would keep the loop to itself; count the other task's turns."""
    turns = 0

    async def others():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def main():
        task = asyncio.ensure_future(others())
        rows = await gathered(arriving([Y[i : i + 80] for i in range(0, 8000, 80)]), EXTRACTOR)
        task.cancel()
        return rows

    assert len(asyncio.run(main())) == len(EXPECTED)
    assert turns >= 100


def test_one_chunk_is_enough_and_none_gives_nothing():
    assert list(serfast.feature_rows([], EXTRACTOR)) == []
    assert asyncio.run(gathered(arriving([]), EXTRACTOR)) == []
    assert len(list(serfast.feature_rows([Y[:1]], EXTRACTOR))) == 1


def test_they_are_generators():
    assert inspect.isgenerator(serfast.feature_rows([Y], EXTRACTOR))
    assert inspect.isasyncgen(serfast.feature_rows(arriving([Y]), EXTRACTOR))


@pytest.mark.parametrize("chunks", [None, 3, "samples", b"ab", {"a": 1}])
def test_what_is_no_chunks_is_named_at_once(chunks):
    with pytest.raises(serfast.ParameterError, match="chunks must be an iterable of chunks"):
        serfast.feature_rows(chunks, EXTRACTOR)


def test_what_cant_be_streamed_is_named_at_once():
    with pytest.raises(serfast.ParameterError, match="top_db"):
        serfast.feature_rows([], presets.librosa())
    with pytest.raises(serfast.ParameterError, match="spec must be a FeatureSpec"):
        serfast.feature_rows([], None)


def test_a_bad_chunk_is_named():
    rows = serfast.feature_rows([Y[:4000], np.array([np.nan])], EXTRACTOR)
    with pytest.raises(serfast.ParameterError, match="nan at index 0"):
        list(rows)
