# One command per chore. `make help` lists them.
SWIFT ?= swift
BUILD_FLAGS = -c release
# Tests are built optimised: PESQ and the statistics are slow without, and what is tested is what ships.
TEST_FLAGS = --disable-xctest -Xswiftc -O --scratch-path .build-test
DEMO_OUT ?= reports/demo
STUDY_OUT ?= reports/study

.PHONY: help setup build test test-peers test-cluster demo study lint format sanitize arm64 bench clean

help: ## List the commands
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## Install system libraries (idempotent)
	@scripts/setup.sh

build: setup ## Build the tools, optimised
	$(SWIFT) build $(BUILD_FLAGS)

test: setup ## Install what tests need, build, run all tests
	@# The kernels' tests switch the instruction set and the threads of their whole process: they get one of their own.
	$(SWIFT) test $(TEST_FLAGS) --filter CTAVSEKernelsTests
	$(SWIFT) test $(TEST_FLAGS) --skip CTAVSEKernelsTests

test-peers: setup ## Also let the tensorboard package read our logs (installs it into .venv-peers; needs python3-venv)
	test -x .venv-peers/bin/python || python3 -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet tensorboard
	TAVSE_PYTHON="$(CURDIR)/.venv-peers/bin/python" $(SWIFT) test $(TEST_FLAGS) --filter TAVSETrainingTests

test-cluster: build ## Run the job scripts on a real one-node Slurm (installs slurm-wlm; as root)
	scripts/cluster/test.sh

demo: build ## Score, synthesise, train four variants, evaluate, compare, explain; writes reports/demo/
	@scripts/demo.sh "$(DEMO_OUT)"

study: build ## Five training runs per variant with controls; hours, resumable; writes reports/study/
	@scripts/study.sh "$(STUDY_OUT)"

lint: ## Check format and style
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks
	@scripts/words.sh

format: ## Rewrite to the house format
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks

sanitize: setup ## Run the engine's and kernels' tests under AddressSanitizer and ThreadSanitizer
	TAVSE_MEMORY_REUSE=0 $(SWIFT) test --sanitize=address --scratch-path .build-asan --disable-xctest \
		-Xswiftc -O --filter 'TAVSENNTests|CTAVSEKernelsTests'
	$(SWIFT) test --sanitize=thread --scratch-path .build-tsan --disable-xctest -Xswiftc -O \
		--filter 'TAVSENNTests|CTAVSEKernelsTests'

campaign: build ## Kill, fail and crowd the tools, hours; CAMPAIGN=small takes minutes (docs/reliability.md; needs python3, gcc)
	scripts/campaign/campaign.sh

arm64: ## Cross-compile the kernels for arm64 and check them under emulation
	scripts/portability/arm64.sh

bench: build ## Scoring throughput and report at scale; docs/performance.md names the rest, with the Python peers
	$(SWIFT) build -c release --package-path Benchmarks
	TOOL=.build/release/tavse-eval Benchmarks/recordings.sh
	Benchmarks/report_scale.sh

clean: ## Remove build products
	rm -rf .build .build-test .build-asan .build-tsan .venv-peers Benchmarks/.build
