# Two commands are all a new machine needs: `make rehearse` and `make test`. Each installs what it needs, once.
PYTHON ?= python3
STACK ?= staging
# The image has Python 3.12. Without a name here, one that runs is looked for: on PATH, of pyenv, of uv, which may fetch one.
CONTAINER_PYTHON ?=

RUN := .venv/bin/python
# Compiled modules are kept: without them every process of a rehearsal compiles its imports anew.
unexport PYTHONDONTWRITEBYTECODE

# As pip does, uv trusts the machine's own certificates where it has any: a company's network may add one of its own.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),true,false)

UV := VIRTUAL_ENV=.venv $(RUN) -m uv pip install --quiet
POLICY_CONFIG := $(wildcard policies/$(STACK).json)
POLICIES := --policy-pack policies $(if $(POLICY_CONFIG),--policy-pack-config $(POLICY_CONFIG))

.PHONY: help install container packages picture reference rehearse check test test-unit soak lint types format site bench preview up destroy lock clean

help: ## show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed .venv-container/installed ## make both virtual environments

.venv/installed: requirements/development.txt requirements/accessibility.txt pyproject.toml operations/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "installing the program and its tools into .venv (once)"
	@$(PYTHON) -m venv --clear .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@$(UV) --require-hashes -r requirements/development.txt
	@$(UV) --no-deps --require-hashes -r requirements/accessibility.txt
	@$(UV) --no-deps --no-build-isolation --editable . --editable operations
	@touch $@

# As the image is built: exactly its packages, whatever they say of each other, and none of ours; one patch of its Dockerfile.
.venv-container/installed: components/images/scikit-learn-1.9-0.txt | .venv/installed
	@python="$(CONTAINER_PYTHON)"; [ -n "$$python" ] || python=$$($(RUN) -m components.image_python) \
	  || { python="$(PYTHON)"; echo "rehearsing with $$python instead, which is not the image's" >&2; }; \
	echo "installing what the training image holds into .venv-container, with $$python (once; needs a C compiler)"; \
	"$$python" -m venv --clear --without-pip .venv-container
	@$(UV) --python .venv-container/bin/python --no-deps --require-hashes -r $<
	@sed -i.before 's/collections\.Mapping/collections.abc.Mapping/g' \
	  .venv-container/lib/python3*/site-packages/sagemaker_containers/_mapping.py
	@rm .venv-container/lib/python3*/site-packages/sagemaker_containers/_mapping.py.before
	@touch $@

packages: .venv/installed ## the packages that travel with jobs, made ahead, for a deployment without an index (EXTRAS="accelerator cluster")
	@$(RUN) -m components.package_building training_code $(EXTRAS)

container: .venv-container/installed

picture: .venv/installed ## docs/pictures/status.svg anew, from the rehearsal that was kept (STACK=staging)
	@$(RUN) -m reference.status_picture --stack $(STACK)

reference: .venv/installed ## the page of all settings and the schema for editors, written from the models
	@$(RUN) -m reference

rehearse: install ## the whole of a stack on this machine, without AWS (STACK=staging)
	@.venv/bin/training-jobs rehearse --stack $(STACK) $(ARGS)

check: .venv/installed ## settings, request and policies of a stack, judged offline (STACK=staging)
	@.venv/bin/training-jobs check --stack $(STACK) $(ARGS)

test: install ## every test that needs no cloud
	@$(RUN) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# The islands beside the rest: two processes that each load what they need, where each of xdist's would load all. What
# the first prints comes at the end.
test-unit: .venv/installed ## the fast tier
	@log=$$(mktemp); $(RUN) -m pytest -m "not slow and not soak" tests/training_code tests/policies > "$$log" 2>&1 & \
	$(RUN) -m pytest -m "not slow and not soak" --ignore tests/training_code --ignore tests/policies; rest=$$?; \
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

# Sphinx has packages of its own, which nothing else needs.
.venv-site/installed: requirements/site.txt | .venv/installed
	@echo "installing what builds the site into .venv-site (once)"
	@$(PYTHON) -m venv --clear --without-pip .venv-site
	@$(UV) --python .venv-site/bin/python --require-hashes -r requirements/site.txt
	@touch $@

site: .venv-site/installed ## the documentation as a site, in .build/site; each link is checked, no network is needed
	@.venv-site/bin/python -m sphinx --quiet --fail-on-warning --keep-going -b html -c docs/site docs .build/site
	@echo "the site is in .build/site: open .build/site/index.html"

.venv/benchmarks: requirements/benchmarks.txt | install
	@$(UV) --no-deps --no-build-isolation --require-hashes -r requirements/benchmarks.txt
	@touch $@

bench: .venv/benchmarks ## every benchmark; rewrites benchmarks/RESULTS.md
	@$(RUN) -m benchmarks

preview up destroy: .venv/installed ## pulumi, with the policy pack attached (STACK=staging)
	@command -v pulumi >/dev/null || { echo "the Pulumi CLI is not on PATH: install it as https://www.pulumi.com/docs/install/ says, then 'pulumi login'; without it there are 'make check' and 'make rehearse'" >&2; exit 1; }
	@pulumi $@ --stack $(STACK) $(if $(filter destroy,$@),,$(POLICIES)) $(ARGS)

LOCK := $(RUN) -m uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11
# What travels with a job: what the image lacks, or has too old (protobuf: MLflow's packages want a newer one). What the image
# has is held fast and left out. The other three of HELD_NOT are pins that would end any resolution, and nothing needs them.
IMAGE := components/images/scikit-learn-1.9-0
HELD_NOT := protobuf typing enum-compat sagemaker-containers
HELD := .venv/image-constraints.txt
EXTRA_INS := $(wildcard training_code/requirements-*.in)
NAMES := sed -nE 's/^([a-z0-9._-]+)==.*/--no-emit-package \1/p'
lock: .venv/installed ## the pinned versions anew, from the .in files
	@$(LOCK) requirements/development.in -o requirements/development.txt
	@$(LOCK) requirements/installer.in -c requirements/development.txt -o requirements/installer.txt
	@$(LOCK) --no-deps requirements/benchmarks.in -o requirements/benchmarks.txt
	@$(LOCK) requirements/site.in -o requirements/site.txt
	@$(LOCK) --no-deps requirements/accessibility.in -o requirements/accessibility.txt
	@$(LOCK) requirements/program.in -c requirements/development.txt -o requirements.txt
	@$(LOCK) --no-deps --no-annotate $(IMAGE).in -o $(IMAGE).txt
	@grep -v -e '^#' $(foreach name,$(HELD_NOT),-e '^$(name)==') $(IMAGE).in > $(HELD)
	@$(LOCK) --no-annotate training_code/requirements.in -c $(HELD) $$($(NAMES) $(HELD)) -o training_code/requirements.txt
	@for extra in $(EXTRA_INS:.in=); do \
	  $(LOCK) --no-annotate $$extra.in -c $(HELD) -c training_code/requirements.txt \
	    $$($(NAMES) $(HELD) training_code/requirements.txt) -o $$extra.txt || exit; done

clean: ## what rehearsals and builds left; ends servers that were kept
	@if [ -x .venv/bin/training-jobs ]; then .venv/bin/training-jobs rehearse --stop; fi
	@rm -rf .rehearsal .build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
