# One command per chore. `make help` lists them.
SWIFT ?= swift
BUILD_FLAGS = -c release
# Tests are built optimised: PESQ and the statistics are slow without, and what is tested is what ships.
TEST_FLAGS = --disable-xctest -Xswiftc -O --scratch-path .build-test
DEMO_OUT ?= reports/demo

.PHONY: help setup build test demo lint format bench clean

help: ## List the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## Install system libraries (idempotent)
	@scripts/setup.sh

build: setup ## Build the tools, optimised
	$(SWIFT) build $(BUILD_FLAGS)

test: setup ## Install what tests need, build, run all tests
	$(SWIFT) test $(TEST_FLAGS)

demo: build ## Score and compare real recordings; writes reports/demo/
	@scripts/demo.sh "$(DEMO_OUT)"

lint: ## Check format and style
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks

format: ## Rewrite to the house format
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks

bench: build ## Run the benchmarks (docs/performance.md names each)
	$(MAKE) -C Benchmarks

clean: ## Remove build products
	rm -rf .build .build-test Benchmarks/.build
