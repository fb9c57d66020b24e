"""The test of a module lies at the module's path; what has none is listed here with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.pages import ROOT

AGREE = "backends/test_backends_agree.py"
COMMAND = "cli/test_cli_bench.py"
LIBROSA = "compat/test_librosa.py"
CHROMA = "compat/test_librosa_chroma.py"
CONTRACT = "compat/test_librosa_contract.py"
KALDI = "compat/test_kaldi_native_fbank.py"
PYIN = "compat/test_librosa_pyin.py"
PYAUDIO = "compat/test_compat_pyaudioanalysis.py"
SMILE = "compat/test_opensmile.py"
PYAUDIO_ROWS = "presets/test_pyaudioanalysis.py"
SCRIPT = "compat/test_opensmile_script.py"
SHAPE = "compat/test_librosa_spectral.py"
VERSIONS = "compat/test_librosa_versions.py"

TESTED_BY = {
    "__main__": "cli/test_streams.py",
    "_pyinstaller.hook-serfast": "test_pyinstaller.py",
    "_checks": "features/test_catalogue.py",
    "_lazy": "test_import.py",
    "_version": "cli/test_main.py",
    "audio.containers.part": "audio/containers/test_chunked.py",
    "audio.containers.tags": "audio/containers/test_mpeg.py",
    "audio.content": "audio/test_recording.py",
    "audio.remarks": "audio/test_decoder.py",
    "audio.resampling": "audio/test_reading.py",
    "audio.samples": "audio/test_reading_arguments.py",
    "audio.sndfile": "audio/test_decoder.py",
    "audio.sniffing": "audio/test_arriving.py",
    "audio.tempo": "audio/test_augmentation.py",
    "backends.numba.arena": AGREE,
    "backends.numba.autocorrelation": "features/test_computed.py",
    "backends.numba.blocks": AGREE,
    "backends.numba.butterflies": AGREE,
    "backends.numba.energy": AGREE,
    "backends.numba.engine": AGREE,
    "backends.numba.fft": AGREE,
    "backends.numba.framing": AGREE,
    "backends.numba.functions": "features/test_custom.py",
    "backends.numba.lanes": AGREE,
    "backends.numba.mel": AGREE,
    "backends.numba.mfcc": AGREE,
    "backends.numba.nodes": AGREE,
    "backends.numba.passes": AGREE,
    "backends.numba.pitch": AGREE,
    "backends.numba.pointers": AGREE,
    "backends.numba.realfft": AGREE,
    "backends.numba.rows": AGREE,
    "backends.numba.spectrum": AGREE,
    "backends.numba.stream": AGREE,
    "backends.numba.tables": AGREE,
    "backends.numba.tracks": "features/test_track_stream.py",
    "presets.kaldi_parts": "presets/test_kaldi.py",
    "backends.reference.functions": "features/test_custom.py",
    "backends.reference.mfcc": "features/test_parity_librosa.py",
    "backends.reference.selections": "statistics/test_selection.py",
    "backends.reference.statistics": "statistics/test_statistics_agree.py",
    "features.linear_log_cepstrum": PYAUDIO_ROWS,
    "features.mean_square": PYAUDIO_ROWS,
    "features.part_entropy": PYAUDIO_ROWS,
    "features.period_marks": "features/test_period_perturbation.py",
    "features.period_measures": "features/test_period_perturbation.py",
    "features.relative_centroid": PYAUDIO_ROWS,
    "features.relative_flux": PYAUDIO_ROWS,
    "features.relative_rolloff": PYAUDIO_ROWS,
    "features.row_difference": PYAUDIO_ROWS,
    "features.semitone_chroma": PYAUDIO_ROWS,
    "features.sign_changes": PYAUDIO_ROWS,
    "features.column_track": "features/test_pcen.py",
    "bench.child": "bench/test_measures.py",
    "bench.compare": COMMAND,
    "bench.latency": COMMAND,
    "bench.picture": COMMAND,
    "bench.report": COMMAND,
    "bench.saved": COMMAND,
    "bench.startup": COMMAND,
    "bench.suite": COMMAND,
    "cli._answers": "cli/test_predict.py",
    "cli._arguments": "cli/test_main.py",
    "cli._examples": "cli/test_train.py",
    "cli._extracted": "cli/test_extract_statistics.py",
    "cli._json": "cli/test_main.py",
    "cli._live": "cli/test_predict_stream.py",
    "cli._measured_info": "cli/test_info.py",
    "cli._model_info": "cli/test_info.py",
    "cli._progress": "cli/test_train.py",
    "cli._recordings": "cli/test_predict.py",
    "cli._records": "cli/test_predict.py",
    "cli._segments": "cli/test_extract_segments.py",
    "cli._spec": "cli/test_extract.py",
    "cli._status": "cli/test_main.py",
    "cli._threads": "cli/test_extract.py",
    "cli._warnings": "cli/test_predict.py",
    "cli.bench": COMMAND,
    "compat.kaldi_native_fbank.mel_banks": KALDI,
    "compat.kaldi_native_fbank.online": KALDI,
    "compat.kaldi_native_fbank.options": KALDI,
    "compat.kaldi_native_fbank.specs": KALDI,
    "compat.kaldi_native_fbank.vocal_tract": KALDI,
    "compat.librosa._engine": CONTRACT,
    "compat.librosa._installed": VERSIONS,
    "compat.librosa.core._before_1": VERSIONS,
    "compat.librosa.core._decibels": VERSIONS,
    "compat.librosa.core._pitch": PYIN,
    "compat.librosa.core._pyin": PYIN,
    "compat.librosa.core._tuning": CHROMA,
    "compat.librosa.core.pitch": LIBROSA,
    "compat.librosa.core.spectrum": LIBROSA,
    "compat.librosa.feature.chroma": CHROMA,
    "compat.librosa.feature.contrast": SHAPE,
    "compat.librosa.feature.energy": LIBROSA,
    "compat.librosa.feature.shape": SHAPE,
    "compat.librosa.feature.source": CONTRACT,
    "compat.librosa.feature.spectral": LIBROSA,
    "compat.librosa.feature.transform": CONTRACT,
    "compat.librosa.filters": LIBROSA,
    "compat.librosa.util.deprecation": CONTRACT,
    "compat.librosa.util.exceptions": CONTRACT,
    "compat.librosa.util.utils": CONTRACT,
    "compat.librosa.util.warning": CONTRACT,
    "cli.compare": "training/test_comparison.py",
    "corpora.arrow_files": "corpora/test_stored_datasets.py",
    "corpora.stored": "corpora/test_stored_datasets.py",
    "corpora.archives": "corpora/test_samples.py",
    "corpora.catalogue": "corpora/test_named.py",
    "corpora.checking": "cli/test_corpora.py",
    "corpora.columns": "corpora/test_label_tables.py",
    "corpora.corpus": "corpora/test_named.py",
    "corpora.emotions": "corpora/test_by_pattern.py",
    "corpora.arff": "cli/test_extract_segments.py",
    "compat.opensmile.cache": SCRIPT,
    "compat.opensmile.log": SCRIPT,
    "compat.opensmile.numbers": SMILE,
    "compat.opensmile.parts": SCRIPT,
    "compat.opensmile.recordings": SMILE,
    "compat.opensmile.sets": SMILE,
    "compat.opensmile.serialized": SCRIPT,
    "compat.opensmile.signals": SMILE,
    "compat.opensmile.smile": SMILE,
    "compat.opensmile.tables": SMILE,
    "compat.pyaudioanalysis.MidTermFeatures": PYAUDIO,
    "compat.pyaudioanalysis.ShortTermFeatures": PYAUDIO,
    "compat.pyaudioanalysis.sums": PYAUDIO,
    "compat.pyaudioanalysis.tables": PYAUDIO,
    "corpora.given": "test_torch.py",
    "corpora.label_files": "corpora/test_labelled.py",
    "corpora.messages": "corpora/test_finding.py",
    "corpora.recordings": "corpora/test_finding.py",
    "corpora.table_rows": "corpora/test_label_tables.py",
    "corpora.tables": "cli/test_extract.py",
    "corpora.vector_tables": "cli/test_extract_statistics.py",
    "entry_points": "models/test_registry.py",
    "errors": "test_extractor.py",
    "cli._cluster": "test_cluster.py",
    "corpora.dataset_cluster": "test_cluster.py",
    "training.cluster_examples": "training/test_on_a_cluster.py",
    "training.cluster_folds": "training/test_on_a_cluster.py",
    "training.copies": "training/test_examples.py",
    "corpora.dataset_writing": "corpora/test_dataset.py",
    "corpora.dataset_content": "corpora/test_dataset.py",
    "corpora.dataset_folder": "corpora/test_dataset.py",
    "corpora.dataset_parts": "corpora/test_dataset.py",
    "corpora.by_name": "corpora/test_named.py",
    "corpora.corpus_choice": "corpora/test_named.py",
    "corpora.file_order": "corpora/test_label_tables.py",
    "corpora.known_labels": "cli/test_extract_statistics.py",
    "corpora.labelled_files": "corpora/test_labelled.py",
    "corpora.stems": "corpora/test_labelled.py",
    "corpora.table_cells": "corpora/test_label_tables.py",
    "corpora.table_files": "corpora/test_label_tables.py",
    "models.input_maker": "training/test_examples.py",
    "models.embedder": "models/test_embeddings.py",
    "models.recording": "models/test_loaded.py",
    "picture.corpus": "cli/test_corpora.py",
    "presets.levels": "training/test_embedded.py",
    "presets.librosa": "features/test_spec.py",
    "presets.course": "presets/test_egemaps.py",
    "presets.opensmile_statistics": "presets/test_egemaps_opensmile.py",
    "presets.speech": "features/test_spec.py",
    "presets.usual_statistics": "presets/test_egemaps.py",
    "statistics.columns": "statistics/test_statistics.py",
    "training.beforehand": "training/test_recipe.py",
    "training.recipe_examples": "training/test_recipe.py",
    "training.trainee": "training/test_evaluation.py",
}
"""The test by which a module's work is seen, where the module has no test file of its own."""

MODULES = {
    ".".join(path.relative_to(ROOT / "serfast").with_suffix("").parts): path
    for path in (ROOT / "serfast").rglob("*.py")
    if path.stem != "__init__"
}


def path_of_test(module: str) -> Path:
    """Where the test of a module lies: a leading underscore isn't part of the name."""
    *rooms, word = module.split(".")
    return Path(*rooms, f"test_{word.strip('_')}.py")


def untested(modules: set[str], tests: Path) -> set[str]:
    """The modules that have no test file at their path."""
    return {module for module in modules if not (tests / path_of_test(module)).exists()}


def test_a_module_has_a_test_at_its_path_or_is_listed() -> None:
    missing = untested(set(MODULES), ROOT / "tests") - set(TESTED_BY)
    assert {module: str(path_of_test(module)) for module in missing} == {}


def test_what_is_listed_needs_it() -> None:
    assert set(TESTED_BY) - untested(set(MODULES), ROOT / "tests") == set()


@pytest.mark.parametrize("test", sorted(set(TESTED_BY.values())))
def test_the_test_that_is_named_is_there(test: str) -> None:
    assert (ROOT / "tests" / test).exists()


def test_a_module_without_a_test_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "models" / "bundle").mkdir(parents=True)
    (tmp_path / "models" / "bundle" / "test_npy.py").touch()
    (tmp_path / "test_checks.py").touch()
    modules = {"models.bundle.npy", "models.npy", "npy", "_checks", "models.bundle.limits"}
    assert untested(modules, tmp_path) == {"models.npy", "npy", "models.bundle.limits"}
