# Everything a fresh clone needs on Debian 12 with a Swift toolchain:
#
#   make lab       installs what is missing, builds, and shows the switch at work in a test network (root)
#   make test      the same, then all tests (the lab's are skipped without root)
#
# Variables: LABFLAGS (`make lab LABFLAGS='--datapath pcap --keep'`), TESTFLAGS (passed to swift test), FRAMES and SEED (make fuzz).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

SWIFT ?= swift
LABFLAGS ?=
TESTFLAGS ?=
FRAMES ?= 100000000
SEED ?= $(shell date +%s)

# clang for the kernel's part is in the Swift toolchain.
BUILD_PACKAGES := libbpf-dev libpcap-dev libnl-3-dev libnl-route-3-dev libelf-dev zlib1g-dev pkg-config
LAB_PACKAGES := nginx-light iperf3 dnsmasq-base tcpdump ethtool curl dnsutils iputils-ping iproute2 util-linux procps nftables
LINTED := $(wildcard Sources Tests Plugins Benchmarks Package.swift)

.PHONY: help deps build release lab test fuzz speed lint clean

help: ## says what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

# Debian starts a service when it installs its package. The lab runs nginx in namespaces of its own and nothing on
# this host, so for the time of the installation a policy-rc.d says no; what was there before is put back.
deps: ## installs the Debian packages that build, lab and tests need, if any is missing
	@missing=(); \
	for package in $(BUILD_PACKAGES) $(LAB_PACKAGES); do \
	  [[ "$$(dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null)" == installed ]] || missing+=("$$package"); \
	done; \
	if (( $${#missing[@]} == 0 )); then exit 0; fi; \
	if (( EUID != 0 )); then echo "missing packages, as root: apt-get install $${missing[*]}" >&2; exit 1; fi; \
	echo "installing $${missing[*]}"; \
	policy=/usr/sbin/policy-rc.d; \
	put_back() { rm -f "$$policy"; if [[ -e "$$policy.before-flowswitch" ]]; then mv "$$policy.before-flowswitch" "$$policy"; fi; }; \
	if [[ -e "$$policy" && ! -e "$$policy.before-flowswitch" ]]; then mv "$$policy" "$$policy.before-flowswitch"; fi; \
	trap put_back EXIT; trap 'exit 130' INT TERM; \
	printf '#!/bin/sh\nexit 101\n' > "$$policy"; chmod 755 "$$policy"; \
	export DEBIAN_FRONTEND=noninteractive; \
	install=(apt-get install -y -q --no-install-recommends "$${missing[@]}"); \
	"$${install[@]}" || { apt-get update -q; "$${install[@]}"; }

build: deps ## builds for debugging
	$(SWIFT) build

release: deps ## builds for use: .build/release/flowswitch
	$(SWIFT) build -c release --product flowswitch

lab: release ## builds the test network, shows what the switch does, claim by claim, and removes it
	.build/release/flowswitch lab demo $(LABFLAGS)

# The tests that run the switch in namespaces take time on all cores, so they have runs of their own.
test: deps ## runs all tests
	$(SWIFT) test --disable-xctest --skip '^(LabTests|ControlTests)\.' $(TESTFLAGS)
	$(SWIFT) test --disable-xctest --filter '^ControlTests\.' $(TESTFLAGS)
	$(SWIFT) test --disable-xctest --filter '^LabTests\.' $(TESTFLAGS)

# The same frames through both targets of the pipeline; another SEED is another walk.
fuzz: deps ## compares the two targets of the pipeline on FRAMES random frames from SEED (root)
	$(SWIFT) build -c release --product PipelineCheck
	.build/release/PipelineCheck differential --frames $(FRAMES) --seed $(SEED)

speed: deps ## nanoseconds a packet by BPF_PROG_RUN (root)
	$(SWIFT) build -c release --product PipelineCheck
	.build/release/PipelineCheck speed

lint: ## checks format and style
	$(SWIFT) format lint --strict --recursive $(LINTED)
	@if grep -rnE --include='*.swift' '\btry!|\bfatalError\(' Sources; then \
	  echo 'Sources must be free of try! and fatalError: errors are values here' >&2; exit 1; \
	fi

clean: ## removes what was built
	rm -rf .build
