"""Inference needs NumPy alone."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from serfast.models.bundle.bundle import Bundle
from serfast_svm import PLUGIN
from serfast_svm.inference import softmax


def test_softmax_does_not_overflow():
    assert softmax(np.array([1e308, -1e308, 0.0])).tolist() == [1.0, 0.0, 0.0]


def test_inference_imports_neither_scikit_learn_nor_scipy():
    code = (
        "import sys\n"
        "import numpy as np, serfast\n"
        "y = np.random.default_rng(0).normal(size=16000) * 0.1\n"
        "print(serfast.Recognizer('svm').predict(y, 16000).label)\n"
        "print([m for m in ('sklearn', 'scipy', 'joblib', 'pickle5') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    label, modules = out.stdout.split("\n")[:2]
    assert label in Bundle.load(PLUGIN.default_model()).classes
    assert modules == "[]"


def test_it_runs_where_scipy_is_missing():
    code = (
        "import sys; sys.modules['scipy'] = sys.modules['sklearn'] = None\n"
        "import numpy as np, serfast\n"
        "print(serfast.Recognizer('svm').predict(np.ones(100), 16000).label)"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
