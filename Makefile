# The verbs of the booth. A line `verb: ... ## text` shows up in the list that bare `make` prints.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test test-empty test-deb chaos test-gpu test-gpu-emulated test-cluster test-board test-privacy races check golden bench bench-gpu bench-uplink evaluate kernels deb deb-all bundle test-package test-deb-arm64 screenshots trends-sample clean lock

VENV := .venv
BIN := $(VENV)/bin
PACKAGE := deploy/package
CODE := appliance engines calibration tests deploy

help: ## list the verbs
	@sed -n 's/^\([a-z0-9-]*\):.* ## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "%-24s %s\n", $$1, $$2 }'

setup: ## packages, environment, networks, sample street; quiet when all is there
	@sh $(PACKAGE)/install-system-packages.sh $(PACKAGE)/booth-packages.txt $(PACKAGE)/system-packages.txt
	@sh $(PACKAGE)/make-venv.sh $(VENV)
	@sh $(PACKAGE)/make-jetson.sh $(VENV) tools
	@$(BIN)/python -m engines setup
	@sh $(PACKAGE)/make-jetson.sh $(VENV) engines

run: setup ## a whole booth on this machine, at work on a sample street (or SOURCE=...)
	@$(BIN)/booth demo $(SOURCE)

setup-test: # what the tests need besides
	@sh $(PACKAGE)/install-system-packages.sh $(PACKAGE)/booth-packages.txt $(PACKAGE)/system-packages.txt $(PACKAGE)/test-packages.txt
	@sh $(PACKAGE)/make-venv.sh $(VENV) dev
	@sh $(PACKAGE)/make-npm.sh tests/uplink/asyncapi asyncapi "the parser that checks the contract (54 MB)"
	@sh $(PACKAGE)/make-npm.sh tests/display/field/axe axe "what checks pages for screen readers (3 MB)"
	@$(BIN)/python -m engines setup

test: setup-test check ## the checks, then all tests
	@$(BIN)/python -m pytest

check: setup-test ## lint, format and types
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/mypy

test-empty: ## the two commands on an empty Debian in a folder (root, debootstrap; SUITE=jammy for Ubuntu)
	@bash $(PACKAGE)/try-empty-machine.sh $(SUITE)

test-deb: setup-test ## the package in a booted Debian 12 and Ubuntu 22.04: walls, watchdogs, upgrade, power cut (root; 20 min)
	@$(BIN)/python -m tests.deb $(if $(SUITE),--suites $(SUITE))

chaos: setup-test ## kill, cut, fill and jump for SECONDS=600, by SEED=..., and what is lost beside peers (root)
	@$(BIN)/python -m tests.chaos --seconds $(or $(SECONDS),120) $(if $(SEED),--seed $(SEED))

test-gpu: setup-test ## the kernels on this machine's NVIDIA GPU, races and bounds by compute-sanitizer
	@$(BIN)/python -m tests.device

test-gpu-emulated: setup-test ## the Jetson wing on stock pycuda and a CUDA driver without a GPU (minutes)
	@$(BIN)/python -m tests.runtime.jetson.emulated

test-cluster: setup-test ## RabbitMQ 4 on three nodes that are killed and cut off (root, debootstrap; minutes)
	@bash tests/cluster/run.sh $(BIN)/python tests/cluster

test-privacy: setup-test ## DRAWS=10000 releases of neighbouring streets, and one killed at each of its steps (minutes)
	@BOOTH_PRIVACY_DRAWS=$(or $(DRAWS),10000) BOOTH_KILL_EVERY=1 $(BIN)/python -m pytest -s \
		tests/uplink/trends/test_privacy.py tests/uplink/trends/test_kills.py

races: setup-test ## races between the threads of every kernel, by ThreadSanitizer (minutes)
	@$(BIN)/python -m tests.runtime.jetson.shim.races

golden: setup-test ## take what the sample street gives now as the reference, and show what changed
	@$(BIN)/python -m pytest tests/golden --update-golden -s

bench: setup ## measure this machine, stage by stage
	@$(BIN)/booth bench

kernels: setup ## compile the CUDA kernels ahead, for Orin, Thor and later GPUs (needs nvcc)
	@$(BIN)/python -m appliance.runtime.jetson.fatbin
	@ls appliance/runtime/jetson/kernels/*.fatbin

bench-gpu: setup-test ## measure the kernels on this machine's NVIDIA GPU against its limits and peers
	@$(BIN)/python -m tests.device.bench

bench-uplink: setup-test ## the uplink against a bare paho loop, and 1,000 and 10,000 booths on one broker (minutes)
	@$(BIN)/python -m tests.uplink.bench

evaluate: setup-test ## measure novelty and fairness on PHOTOS=folder of people (MASKS=folder of label maps)
	@test -n "$(PHOTOS)" || { echo "say where the photos are: make evaluate PHOTOS=folder"; exit 2; }
	@$(BIN)/python -m tests.evaluation build $(PHOTOS) $(or $(SETS),build/evaluation) $(if $(MASKS),--masks $(MASKS))
	@$(BIN)/python -m tests.evaluation score $(or $(SETS),build/evaluation) --booth $(BIN)/booth

ARCH ?= $(shell dpkg --print-architecture)
PY ?= $(shell /usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
VERSION ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
# By the environment: the shell would read an apostrophe in a name.
export CONTACT
DEB = $(BIN)/python $(PACKAGE)/deb.py $${CONTACT:+--contact "$$CONTACT"} --version $(VERSION)

deb: setup ## the Debian package in dist/, for ARCH=amd64|arm64, PY=3.10|3.11|3.12, as VERSION=1.2.3
	@$(DEB) --arch $(ARCH) --python $(PY) dist

deb-all: setup ## the packages for Debian 12, Ubuntu 22.04, 24.04 and JetPack 6.2, 7.2 (minutes)
	@for py in 3.10 3.11 3.12; do for arch in amd64 arm64; do $(DEB) --arch $$arch --python $$py dist || exit 1; done; done

test-package: setup-test ## the package in a Debian 12 or SUITE=jammy|noble that does not run: from install to purge (root, minutes)
	@sh $(PACKAGE)/install-system-packages.sh $(PACKAGE)/build-packages.txt
	@bash $(PACKAGE)/try-package.sh $(or $(SUITE),bookworm) $(BIN)/python

test-deb-arm64: setup-test ## the package for arm64 installs and its services start, emulated (root, qemu; minutes)
	@bash $(PACKAGE)/try-arm64.sh $(BIN)/python

RELEASE = build/release-$(VERSION)-py$(PY)-$(ARCH)

bundle: setup ## what updates booths, in dist/, for ARCH, PY and VERSION as with deb; see deploy/update
	@mkdir -p dist
	@$(BIN)/python $(PACKAGE)/release.py --arch $(ARCH) --python $(PY) --version $(VERSION) $(RELEASE)
	@$(BIN)/booth update bundle $(RELEASE) dist/booth-$(VERSION)-py$(PY)-$(ARCH).tar.gz

test-board: setup-test ## the staff board before the real vision: latency, life of a card, no picture (needs chromium; a minute)
	@$(BIN)/python -m pytest -s tests/display/board_real.py

screenshots: setup-test ## pictures of every state of the staff board and step of the field page, into build/screens (needs chromium)
	@$(BIN)/python -m tests.display.board_screens build/screens
	@$(BIN)/python -m tests.display.field.screenshots build/screens

trends-sample: setup-test ## 90 days of three simulated cities: their trends report in build/trends, and how often it holds (a minute)
	@$(BIN)/python -m tests.analysis build/trends

lock: ## pin the Python packages anew (needs python3.10, python3.11 and python3.12)
	@python3.11 $(PACKAGE)/lock.py $(PACKAGE)/requirements.lock

clean: ## remove what was built in the checkout (the cache of downloads stays)
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
