# The course's commands. Each one is also `vmm-edu ...` or `python tools/...`, for machines without make.
PYTHON ?= python3
ENV := .venv/bin
PEERS := .venv-peers/bin

.DEFAULT_GOAL := help
.PHONY: help env peers lab test test-peers notebooks exercises results bench world lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: ## build the environment in .venv where it is missing or out of date
	@command -v $(PYTHON) >/dev/null || { echo "vmm-edu: no $(PYTHON) on this machine; install Python 3.11 to 3.14 (python.org), or name one: make test PYTHON=python3.13"; exit 1; }
	@$(PYTHON) tools/env.py

lab: env ## open the course in JupyterLab, in your own copy under my-course/
	@$(ENV)/vmm-edu lab

test: env ## lint, types and every test, each notebook cell included (REQUIRE_ALL=1: skips fail)
	@$(ENV)/vmm-edu test

peers: ## build .venv-peers, with the libraries that the course is compared with (several GB)
	@$(PYTHON) tools/env.py --peers

test-peers: peers ## parity with PyTorch, Keras, OpenCV and pytorch-crf
	@REQUIRE_ALL=1 KERAS_BACKEND=jax $(PEERS)/python -m pytest tests/peers

notebooks: env ## run every notebook from a fresh kernel and store its outputs
	@$(ENV)/python tools/notebooks.py

exercises: env ## prove every exercise's checker and renew docs/exercises.md, docs/misconceptions.md and the syllabus
	@$(ENV)/vmm-edu exercises table --out docs/exercises.md
	@$(ENV)/vmm-edu exercises pages

results: env ## train the shipped models and renew the recorded scores
	@$(ENV)/vmm-edu train --out vmm_edu/predict/model --date "$$(date +%F)"
	@$(ENV)/python -m vmm_edu.command.main_logits
	@$(ENV)/vmm-edu transfer --out vmm_edu/predict/model --date "$$(date +%F)"
	@$(ENV)/vmm-edu fusion --out vmm_edu/predict/model --date "$$(date +%F)"

bench: peers ## speed as ratios to those libraries, interleaved in one run
	@for name in framing hog sift lstm crf; do \
		PYTHONPATH=benchmarks KERAS_BACKEND=jax $(PEERS)/python benchmarks/$$name.py || exit 1; done

world: env ## render the clips that the chapters use into the cache
	@$(ENV)/vmm-edu test --prepare-only

lock: env ## renew the pins of lock.txt
	@$(ENV)/python tools/lock.py

clean: ## remove the environment, caches and rendered clips; your own copy in my-course/ stays
	rm -rf .venv .venv-peers .pytest_cache .ruff_cache .hypothesis cache dist build
