# The commands of the project. `make run` and `make test` set up what is missing by themselves.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SOURCES := Sources Tests Benchmarks Examples Package.swift
RELEASE := swift build --configuration release --static-swift-stdlib

.PHONY: help setup build run test test-sanitize check docs bench fuzz format clean lib install examples soak

help: ## Show this list.
	@grep --extended-regexp '^[a-z-]+:.*## ' Makefile | sed --expression='s/:.*## /\t/' | expand --tabs=16

setup: ## Install the Debian packages that are missing.
	@scripts/setup.sh build

build: setup ## Build the programs in .build/release.
	@$(RELEASE) --product opsloopd
	@$(RELEASE) --product opsloop

lib: setup ## Build libopsloop.so and opsloop.h in .build/lib.
	@scripts/lib.sh .build/lib

PREFIX ?= /usr/local
install: lib ## Install the library, its header and its pkg-config file below PREFIX.
	@scripts/lib.sh .build/lib install $(PREFIX)

run: build ## Watch this machine: start opsloopd, show the status board, stop on Ctrl-C.
	@scripts/setup.sh run
	@scripts/run.sh

test: ## Run every test.
	@scripts/setup.sh test
	@swift build --build-tests
	@scripts/test.sh

test-sanitize: ## Run the core's tests under the address and thread sanitizers.
	@scripts/setup.sh test
	@scripts/test-sanitize.sh

check: ## Check format, layering and the generated reference.
	@scripts/setup.sh test
	@swift format lint --strict --recursive --parallel $(SOURCES)
	@swift build --build-tests --explicit-target-dependency-import-check error
	@scripts/docs.sh --check

docs: ## Write docs/reference anew from the running daemon.
	@scripts/setup.sh test
	@swift build
	@scripts/docs.sh

examples: setup ## Build each example that is a package of its own, as an outsider would.
	@for folder in $$(dirname Examples/*/Package.swift); do \
		swift build --package-path "$$folder" --scratch-path ".build-examples/$$(basename "$$folder")"; \
	done

soak: setup ## Create and destroy an embedded OpsLoop 10,000 times; nothing may be left behind.
	@scripts/setup.sh test
	@scripts/soak.sh

bench: setup ## Measure what the README quotes.
	@scripts/setup.sh bench
	@$(RELEASE)
	@.build/release/opsloop-bench all

fuzz: setup ## Send ten million made-up inputs through the parser and the dispatcher.
	@$(RELEASE) --product opsloop-fuzz
	@.build/release/opsloop-fuzz $(ARGS)

format: ## Format the sources.
	@swift format --in-place --recursive --parallel $(SOURCES)

clean: ## Remove what was built; the data in .opsloop stays.
	@rm --recursive --force .build .build-*
