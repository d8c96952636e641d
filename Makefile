# Two commands are all a new machine needs: `make rehearse` and `make test`. Each installs what it needs, once.
PYTHON ?= python3
STACK ?= staging
# The image has Python 3.12; where this machine has none that runs, the container's Python is the one above.
CONTAINER_PYTHON ?= $(shell python3.12 -c 'print("python3.12")' 2>/dev/null || echo $(PYTHON))

RUN := .venv/bin/python
# Compiled modules are kept: without them every process of a rehearsal compiles its imports anew.
unexport PYTHONDONTWRITEBYTECODE

# As pip does, uv trusts the machine's own certificates where it has any: a company's network may add one of its own.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),true,false)

UV := VIRTUAL_ENV=.venv $(RUN) -m uv pip install --quiet
POLICY_CONFIG := $(wildcard policies/$(STACK).json)
POLICIES := --policy-pack policies $(if $(POLICY_CONFIG),--policy-pack-config $(POLICY_CONFIG))

.PHONY: help install container rehearse check test test-unit soak lint types format bench preview up destroy lock clean

help: ## show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed .venv-container/installed ## make both virtual environments

.venv/installed: requirements/development.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "installing the program and its tools into .venv (once)"
	@$(PYTHON) -m venv --clear .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@$(UV) --require-hashes -r requirements/development.txt
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

.venv-container/installed: requirements/container.txt | .venv/installed
	@echo "installing what the training image holds into .venv-container, with $(CONTAINER_PYTHON) (once; needs a C compiler)"
	@$(CONTAINER_PYTHON) -m venv --clear .venv-container
	@$(UV) --python .venv-container/bin/python --require-hashes -r requirements/container.txt
	@touch $@

container: .venv-container/installed

rehearse: install ## the whole of a stack on this machine, without AWS (STACK=staging)
	@.venv/bin/training-jobs rehearse --stack $(STACK) $(ARGS)

check: .venv/installed ## settings, request and policies of a stack, judged offline (STACK=staging)
	@.venv/bin/training-jobs check --stack $(STACK) $(ARGS)

test: install ## every test that needs no cloud
	@$(RUN) -m pytest --numprocesses auto --dist loadfile

# The islands beside the rest: two processes that each load what they need, where each of xdist's would load all. What
# the first prints comes at the end.
test-unit: .venv/installed ## the fast tier
	@log=$$(mktemp); $(RUN) -m pytest -m "not slow" tests/training_code tests/policies > "$$log" 2>&1 & \
	$(RUN) -m pytest -m "not slow" --ignore tests/training_code --ignore tests/policies; rest=$$?; \
	wait $$!; code=$$?; cat "$$log"; rm "$$log"; exit $$((code | rest))

soak: install ## jobs killed at random moments, many deliveries at once: minutes (SOAK_JOBS=50, SOAK_SECONDS=1080)
	@$(RUN) -m pytest -m soak

lint: .venv/installed ## ruff: rules and format
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: .venv/installed ## mypy --strict, each island by itself
	@$(RUN) -m mypy
	@cd training_code && ../.venv/bin/python -m mypy --config-file ../pyproject.toml .
	@cd policies && ../.venv/bin/python -m mypy --config-file ../pyproject.toml .

format: .venv/installed
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

.venv/benchmarks: requirements/benchmarks.txt | install
	@$(UV) --no-deps --no-build-isolation --require-hashes -r requirements/benchmarks.txt
	@touch $@

bench: .venv/benchmarks ## every benchmark; rewrites benchmarks/RESULTS.md
	@$(RUN) -m benchmarks

preview up destroy: .venv/installed ## pulumi, with the policy pack attached (STACK=staging)
	@command -v pulumi >/dev/null || { echo "the Pulumi CLI is not on PATH: install it as https://www.pulumi.com/docs/install/ says, then 'pulumi login'; without it there are 'make check' and 'make rehearse'" >&2; exit 1; }
	@pulumi $@ --stack $(STACK) $(if $(filter destroy,$@),,$(POLICIES)) $(ARGS)

LOCK := $(RUN) -m uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11
# What only some jobs install: each file pins what training_code/requirements.txt does not pin already.
EXTRAS := $(wildcard training_code/requirements-*.in)
IN_BASE := sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' training_code/requirements.txt | sort -u
lock: .venv/installed ## the pinned versions anew, from requirements/*.in
	@$(LOCK) requirements/development.in -o requirements/development.txt
	@$(LOCK) requirements/installer.in -c requirements/development.txt -o requirements/installer.txt
	@$(LOCK) --no-deps requirements/benchmarks.in -o requirements/benchmarks.txt
	@$(LOCK) requirements/program.in -c requirements/development.txt -o requirements.txt
	@$(LOCK) requirements/container.in training_code/requirements.in $(EXTRAS) -o requirements/container.txt
	@$(LOCK) training_code/requirements.in -c requirements/container.txt -o training_code/requirements.txt
	@for extra in $(EXTRAS:.in=); do $(LOCK) $$extra.in -c requirements/container.txt $$($(IN_BASE)) -o $$extra.txt || exit; done

clean: ## what rehearsals and builds left; ends servers that were kept
	@if [ -x .venv/bin/training-jobs ]; then .venv/bin/training-jobs rehearse --stop; fi
	@rm -rf .rehearsal .build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
