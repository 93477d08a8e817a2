# The verbs of this project; the scripts behind them work without make too.
# PG chooses the major version of Postgres, for instance: make test PG=17

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build install demo demo-stop test test-all types bench fmt lint book dist doc clean distclean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  PG=15|16|17|18 after a verb chooses the version of Postgres"

setup: ## install what is missing and make a private Postgres under target/
	scripts/setup $(PG)

build: setup ## build the extension and install it into the private Postgres
	scripts/install $(PG)

install: ## build for an existing Postgres and install there: PG_CONFIG=/path/to/pg_config
	@[ -n "$(PG_CONFIG)" ] || { echo "say where: make install PG_CONFIG=/path/to/pg_config" >&2; exit 2; }
	scripts/install --pg-config "$(PG_CONFIG)"

demo: ## show the extension at work on a throw-away cluster, which keeps running
	scripts/demo

demo-stop: ## stop and remove the demo's cluster
	scripts/cluster stop demo

test: ## run all tests on one version of Postgres
	scripts/test $(PG)

test-all: ## run all tests on every version of Postgres that can be had
	scripts/test all

types: ## generate the types of the examples anew
	scripts/types

bench: ## measure against plain inserts and PL/pgSQL, side by side
	scripts/bench

fmt: ## format the Rust code
	cargo fmt --all

lint: ## check format, lints, links, documentation and scripts, as CI does
	scripts/lint $(PG)

book: ## build the manual as a book with a search, in target/book
	scripts/book

dist: ## build what people install into target/dist: a tarball, a Debian package, the sources for PGXN
	scripts/dist $(PG)

doc: ## build the documentation of the Rust code, private items included
	cargo doc --no-deps --document-private-items

clean: ## stop clusters, remove what was compiled; keep tools and Postgres trees
	@for cluster in target/cluster/*/; do [ ! -d "$$cluster" ] || scripts/cluster stop "$$(basename "$$cluster")"; done
	rm -rf target/build target/debug target/release target/doc target/book

distclean: clean ## remove everything that was ever made here
	rm -rf target
