# The verbs of this repository. `make demo` and `make test` need Python >= 3.10 with its headers,
# a C compiler and make; everything else goes into .venv.

PYTHON ?= python3
PYTHONS ?= $(PYTHON)
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find ext serfast plugins -type f \
	\( -name '*.py' -o -name '*.pyi' -o -name '*.p[yx][xdi]' -o -name '*.[ch]' -o -name '*.inc' \
	-o -name '*.zip' -o -name '*.toml' \) -not -path '*/build/*' -not -path '*/tests/*')

# What is tested of the wheel without the native module: contracts, not the native module itself.
PURE := .venv-pure
FROZEN := .venv-frozen
PURE_TESTS := $(addprefix tests/, test_without_native.py test_extractor.py streaming/test_rows.py \
	backends/test_backends_agree.py backends/test_stream.py backends/test_stream_contract.py \
	backends/test_stream_memory.py backends/test_stream_resampled.py \
	backends/test_stream_threads.py backends/test_interface.py \
	$(addprefix models/bundle/test_, agreement.py archive.py bundle.py limits.py manifest.py npy.py))

.PHONY: help demo test doctests conformance test-arm64 test-librosa-1 test-compilers test-pure test-frozen test-wheel wheels lint bench sample model clean

# An environment that couldn't be finished isn't taken for one the next time.
.DELETE_ON_ERROR:

RESULTS := benchmarks/results
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

help: ## list the verbs
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/installed ## hear what emotion is in the sample recording
	$(BIN)/serfast predict examples/speech.flac

test: $(VENV)/test-ready ## check style and types, pass all tests, the plugins' and the doctests too
	$(MAKE) --jobs 2 --output-sync=target lint doctests conformance
	$(BIN)/pytest -n auto --dist worksteal

conformance: $(VENV)/test-ready
	$(BIN)/python -m benchmarks.conformance --check --without torchaudio openai-whisper

doctests: $(VENV)/test-ready
	cd tests && ../$(BIN)/pytest --doctest-modules --ignore-glob="/*hook-serfast.py" -q --pyargs \
		serfast serfast_svm serfast_onnx serfast_ensemble serfast_spectral serfast_whisper \
		serfast_campplus serfast_sklearn

test-arm64: ## pass all tests on an emulated arm64 (needs root, SERFAST_DATA; an hour)
	PYTHON="$(PYTHON)" .ci/arm64 suite

test-librosa-1: ## compare with librosa 1.0 on a newer Debian's Python (needs root, SERFAST_DATA)
	PYTHON="$(PYTHON)" .ci/librosa-1

test-compilers: ## have the same bits from other compilers and systems (Clang, Zig, Wine)
	PYTHON="$(PYTHON)" .ci/compilers

wheels: ## build a wheel for each of PYTHONS and one for each plugin, into dist/ (Linux)
	PYTHONS="$(PYTHONS)" .ci/wheels build

test-wheel: ## install the wheels in empty environments and pass the tests there
	PYTHONS="$(PYTHONS)" .ci/wheels test

test-pure: ## build the wheel without the native module, test it in an environment of its own
	$(PYTHON) -m venv --clear $(PURE)
	SERFAST_NO_NATIVE=1 $(PURE)/bin/pip install --quiet '.[numba]' ./plugins/serfast-svm
	$(PURE)/bin/pip install --quiet pytest hypothesis 'setuptools>=77'
	SERFAST_BACKEND=numba $(PURE)/bin/serfast predict examples/speech.flac
	SERFAST_BACKEND=numba $(PURE)/bin/pytest -q -m 'not native' $(PURE_TESTS)

test-frozen: ## freeze the command line with PyInstaller, compare it with the installed one
	PYTHON="$(PYTHON)" .ci/frozen

lint: $(VENV)/test-ready ## check style and types only
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/bench-ready ## measure on an idle machine, RECORDINGS="a.wav b.wav": stages, peers, pages
	isas=$$($(BIN)/python -c 'import serfast as s; print(*s.native_info()["available"])') || exit; \
	for isa in $$isas; do \
		$(ONE_THREAD) SERFAST_ISA=$$isa $(BIN)/pytest benchmarks -q --benchmark-max-time=0.3 \
			--benchmark-columns=median,iqr,rounds || exit; done
	$(BIN)/python -m benchmarks.peers $(RECORDINGS) --isa avx2 --json $(RESULTS)/peers.json
	$(BIN)/python -m benchmarks.roofline --json $(RESULTS)/roofline.json
	$(BIN)/python -m benchmarks.long --json $(RESULTS)/long.json
	$(BIN)/python -m benchmarks.start --json $(RESULTS)/start.json
	$(BIN)/python -m benchmarks.threads $(RECORDINGS) --json $(RESULTS)/threads.json
	$(BIN)/python -m benchmarks.latency --save
	$(BIN)/python -m benchmarks.backends --isa avx2 --json $(RESULTS)/backends.json
	$(BIN)/python -m benchmarks.custom --json $(RESULTS)/custom.json
	$(BIN)/python -m benchmarks.formats --json $(RESULTS)/formats.json
	$(BIN)/python -m benchmarks.augmentation --peer $(BIN)/python --json $(RESULTS)/augmentation.json
	$(BIN)/python -m benchmarks.publish

model: $(VENV)/test-ready ## train the SVM plugin's default model again (needs SERFAST_DATA)
	$(MAKE) -C plugins/serfast-svm model BIN=$(abspath $(BIN))

clean: ## forget the environment and every build
	rm -rf $(VENV) $(PURE) $(FROZEN) build dist *.egg-info plugins/*/build plugins/*/*.egg-info plugins/*/src/*.egg-info

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "serfast needs Python >= 3.10")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/installed: $(BIN)/python pyproject.toml setup.py $(SOURCES)
	$(BIN)/pip install --quiet . ./plugins/serfast-svm
	@touch $@

# aubio has no wheels: where it doesn't compile, the tables say that it is missing
$(VENV)/bench-ready: $(VENV)/installed
	$(BIN)/pip install --quiet '.[bench]'
	-$(BIN)/pip install --quiet aubio
	@touch $@

$(VENV)/test-ready: $(VENV)/installed
	$(BIN)/pip install --quiet '.[cli,test]' './plugins/serfast-svm[train]' \
		'./plugins/serfast-onnx[train,test]' ./plugins/serfast-ensemble ./plugins/serfast-spectral \
		'./plugins/serfast-whisper[test]' './plugins/serfast-campplus[test]' \
		'./plugins/serfast-sklearn[test]'
	@touch $@
