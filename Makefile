# The verbs of this repository. `make demo` and `make test` need Python >= 3.10 with its headers,
# a C compiler and make; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find ext serfast plugins -type f \
	\( -name '*.py' -o -name '*.pyi' -o -name '*.p[yx][xdi]' -o -name '*.[ch]' -o -name '*.inc' \
	-o -name '*.zip' -o -name '*.toml' \) -not -path '*/build/*' -not -path '*/tests/*')

.PHONY: help demo test lint sample model clean

help: ## list the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/installed ## hear what emotion is in the sample recording
	$(BIN)/serfast predict examples/speech.flac

test: $(VENV)/test-ready ## check style and types, pass all tests, the plugins' and the doctests too
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd tests && ../$(BIN)/pytest --doctest-modules --pyargs serfast serfast_svm serfast_onnx -q
	$(BIN)/pytest

lint: $(VENV)/test-ready ## check style and types only
	$(BIN)/ruff check .
	$(BIN)/mypy

model: $(VENV)/test-ready ## train the SVM plugin's default model again (needs SERFAST_DATA)
	$(MAKE) -C plugins/serfast-svm model BIN=$(abspath $(BIN))

clean: ## forget the environment and every build
	rm -rf $(VENV) build dist *.egg-info plugins/*/build plugins/*/*.egg-info plugins/*/src/*.egg-info

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "serfast needs Python >= 3.10")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/installed: $(BIN)/python pyproject.toml setup.py $(SOURCES)
	$(BIN)/pip install --quiet . ./plugins/serfast-svm
	@touch $@

$(VENV)/test-ready: $(VENV)/installed
	$(BIN)/pip install --quiet '.[cli,test]' './plugins/serfast-svm[train]' './plugins/serfast-onnx[train,test]'
	@touch $@
