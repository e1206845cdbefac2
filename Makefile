# Everything that a fresh clone needs on Debian 12 with a Swift toolchain:
#
#   make lab       installs the packages that are missing, builds, and shows the switch at work in a test network (root)
#   make test      installs what tests use besides, builds for debugging, and runs all tests (root, or some are skipped)
#   make install   builds, and installs binary, service, man pages, completions and documents (docs/install.md)
#   make deb       makes a Debian package of the same
#   make help      says what else
#
# Variables:
#   LABFLAGS                         options of `flowswitch lab demo`: make lab LABFLAGS='--datapath pcap --keep'
#   TESTFLAGS                        options of `swift test`
#   BENCHFLAGS                       options of the bench: make bench BENCHFLAGS='--quick --only flowswitch-xdp'
#   SECONDS, TARGETS                 of make fuzz-parsers: how long each, and which
#   FRAMES                           of make fuzz
#   DURATION                         of make soak: 90s, 20m, 2h
#   SEED                             of make fuzz and make soak
#   ATTACK_SECONDS                   how long make attack floods the switch with each kind of frame
#   SCALEFLAGS                       of make scale: make scale SCALEFLAGS='--case default --json figures.json'
#   PREFIX, DESTDIR, UNITDIR, DOCDIR of make install, install-files and uninstall
#   BINARY                           of make install-files: what is installed
#   SWIFT, RELEASEFLAGS              the compiler, and how it builds for use

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

SWIFT ?= swift
LABFLAGS ?=
TESTFLAGS ?=
BENCHFLAGS ?=
FRAMES ?= 100000000
DURATION ?= 2h
ATTACK_SECONDS ?= 60
SCALEFLAGS ?=
# What is installed runs without a Swift toolchain.
RELEASEFLAGS ?= --static-swift-stdlib
DESTDIR ?=
PREFIX ?= /usr/local
UNITDIR ?= $(PREFIX)/lib/systemd/system
DOCDIR ?= $(PREFIX)/share/doc/flowswitch
BINARY ?= .build/release/flowswitch
SEED ?= $(shell date +%s)
SECONDS ?= 60
TARGETS ?=

# clang for the kernel's part is in the Swift toolchain.
BUILD_PACKAGES := libbpf-dev libpcap-dev libnl-3-dev libnl-route-3-dev libyaml-dev libelf-dev zlib1g-dev pkg-config
LAB_PACKAGES := nginx-light iperf3 dnsmasq-base tcpdump ethtool curl dnsutils iputils-ping iproute2 util-linux procps nftables
# What some tests hold the results against: the console in a browser, captures, metrics and alerts, manual pages. Large,
# and of no use to the lab. Where one cannot be installed its tests are skipped, and say so.
TEST_PACKAGES := chromium valgrind python3 tshark prometheus mandoc groff-base
# What the bench holds the switch against, and what draws its picture.
BENCH_PACKAGES := openvswitch-switch nftables iproute2 ethtool procps librsvg2-bin
LINTED := $(wildcard Sources Tests Plugins Benchmarks Package.swift Fuzz)

.PHONY: help deps test-deps build release lab test attack fuzz speed bench rooms rooms-time capture-cost measure lint clean install install-files uninstall deb deb-try fuzz-parsers soak scale

help: ## says this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 15

# Debian starts a service when it installs its package. The lab runs nginx in namespaces of its own and nothing on
# this host, so for the time of the installation a policy-rc.d says no; what was there before is put back.
define install-missing
missing=(); \
for package in $(1); do \
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
endef

deps: ## installs the Debian packages that build and lab need, if any is missing
	@$(call install-missing,$(BUILD_PACKAGES) $(LAB_PACKAGES))

test-deps: deps ## installs the Debian packages that some tests use, if any is missing
	@( $(call install-missing,$(TEST_PACKAGES)) ) || { \
	  (( EUID == 0 )) || { echo 'without them the tests that use them are skipped' >&2; exit 0; }; \
	  for one in $(TEST_PACKAGES); do \
	    ( $(call install-missing,$$one) ) || echo "without $$one the tests that use it are skipped" >&2; \
	  done; \
	}

build: deps ## builds for debugging
	$(SWIFT) build

release: deps ## builds for use: .build/release/flowswitch
	$(SWIFT) build -c release $(RELEASEFLAGS) --product flowswitch

lab: release ## builds the test network, shows what the switch does, claim by claim, and removes it (root)
	.build/release/flowswitch lab demo $(LABFLAGS)

# Of a run that fails, what failed once more at its end.
run_tests = log=$$(mktemp); trap 'rm -f "$$log"; Tests/clean-up.sh .build/debug/flowswitch' EXIT; trap 'exit 130' INT TERM; \
  $(SWIFT) test --disable-xctest $(1) $(TESTFLAGS) 2>&1 | tee "$$log" \
  || { echo; echo 'What failed:'; grep -E '✘|error:' "$$log" | cut -c 1-2000; exit 1; }

# Servers and their clients have a run apart from what computes, and those that run the switch in namespaces have their
# own: nobody waits then for an answer that has no processor to come from.
SERVING := (FlowSwitchTests|ManagementTests|ConsoleTests|HealthProbeTests)

test: test-deps ## runs all tests; without root those are skipped that need it
	@$(call run_tests,--skip '^(LabTests|ControlTests|$(SERVING))\.')
	@$(call run_tests,--filter '^$(SERVING)\.')
	@$(call run_tests,--filter '^ControlTests\.')
	@$(call run_tests,--filter '^LabTests\.')
	@if [[ -n '$(TESTFLAGS)' ]]; then exit 0; fi; \
	if [[ "$$(uname -m) $$($(SWIFT) --version 2>&1)" == x86_64*'Swift version 6.3'* ]] && command -v valgrind >/dev/null; \
	then $(MAKE) --no-print-directory rooms; \
	else echo 'instructions are not counted: that needs valgrind, and the compiler and architecture of the thresholds'; fi

# Another SEED is another walk through the faults.
soak: release ## random faults and orders against the lab for DURATION, with everything that must hold looked at (root)
	.build/release/flowswitch lab soak --duration $(DURATION) --seed $(SEED) $(LABFLAGS)

attack: deps ## floods the switch from ten million sources, ATTACK_SECONDS of each kind, and shows what became of them (root)
	@report=$$(mktemp); trap 'rm -f "$$report"' EXIT; \
	status=0; \
	FLOWSWITCH_ATTACK_SECONDS=$(ATTACK_SECONDS) FLOWSWITCH_ATTACK_REPORT=$$report \
	  $(SWIFT) test --disable-xctest --filter '^ControlTests\..*Floods' $(TESTFLAGS) || status=$$?; \
	echo; cat "$$report"; exit $$status

# The same frames through both targets of the pipeline; another SEED is another walk.
fuzz: deps ## compares the targets of the pipeline on FRAMES random frames from SEED (root)
	$(SWIFT) build -c release --product PipelineCheck
	.build/release/PipelineCheck differential --frames $(FRAMES) --seed $(SEED)

fuzz-parsers: deps ## libFuzzer on every parser of bytes from outside, for SECONDS each (root for two of them)
	FUZZ_SECONDS='$(SECONDS)' SWIFT='$(SWIFT)' Fuzz/run.sh $(TARGETS)

speed: deps ## nanoseconds a packet by BPF_PROG_RUN (root)
	$(SWIFT) build -c release --product PipelineCheck
	.build/release/PipelineCheck speed

# A peer that cannot be installed is a row of the table that says so.
bench: deps ## packets, latency, TCP of the switch and its peers, as ratios to a raw XDP redirect, and what control costs: .build/bench (root)
	@for one in $(BENCH_PACKAGES); do \
	  ( $(call install-missing,$$one) ) || echo "without $$one the bench goes on" >&2; \
	done
	$(SWIFT) build -c release $(RELEASEFLAGS) --product flowswitch
	$(SWIFT) build -c release $(RELEASEFLAGS) --product PipelineCheck
	$(SWIFT) build -c release $(RELEASEFLAGS) --product SwitchBench
	@if [[ -n '$(BENCHFLAGS)' ]]; then exec .build/release/SwitchBench $(BENCHFLAGS); fi; \
	figures=$$(mktemp); trap 'rm -f "$$figures"' EXIT; trap 'exit 130' INT TERM; \
	Tests/Measure/scale.py --binary .build/release/flowswitch --json "$$figures"; \
	.build/release/SwitchBench --control "$$figures"

rooms: deps ## instructions that the pure rooms take, held against their thresholds
	@$(call install-missing,valgrind)
	cd Benchmarks && $(SWIFT) build -c release --product RoomCost
	@[[ -e Benchmarks/instructions.json ]] || { \
	  echo 'no thresholds in Benchmarks/instructions.json: cd Benchmarks && .build/release/RoomCost write instructions.json' >&2; exit 1; }
	cd Benchmarks && .build/release/RoomCost check instructions.json

rooms-time: deps ## time that the pure rooms take
	cd Benchmarks && ROOMS_TIME=1 $(SWIFT) package --disable-sandbox benchmark

capture-cost: deps ## what a capture costs (root)
	$(SWIFT) build -c release --product PipelineCheck
	.build/release/PipelineCheck capture

measure: release ## how soon the switch acts on failures, and what 1,000 probed members cost (root)
	.build/release/flowswitch lab measure
	Tests/Measure/probes.sh

scale: release ## measures the switch with thousands of clusters and hundreds of ports (root, Python; SCALEFLAGS)
	Tests/Measure/scale.py --binary .build/release/flowswitch $(SCALEFLAGS)

lint: ## checks format and style
	$(SWIFT) format lint --strict --recursive $(LINTED)
	@if grep -rnE --include='*.swift' '\btry!|\bfatalError\(' Sources; then \
	  echo 'Sources must be free of try! and fatalError: errors are values here' >&2; exit 1; \
	fi

install: release install-files ## builds and installs under PREFIX (/usr/local), below DESTDIR

# Man pages and completions come from the command's own definitions.
install-files: ## installs what is built already, so that root need not build
	install -D -s -m 0755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/flowswitch
	install -d $(DESTDIR)$(UNITDIR)
	sed 's,@PREFIX@,$(PREFIX),; s,@DOCDIR@,$(DOCDIR),' etc/systemd/flowswitch@.service > $(DESTDIR)$(UNITDIR)/flowswitch@.service
	install -D -m 0644 etc/systemd/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/flowswitch.conf
	[[ -e $(DESTDIR)/etc/default/flowswitch ]] || install -D -m 0644 etc/default/flowswitch $(DESTDIR)/etc/default/flowswitch
	install -d -m 0755 $(DESTDIR)/etc/flowswitch $(DESTDIR)$(DOCDIR)/examples $(DESTDIR)$(DOCDIR)/docs
	install -m 0644 README.md LICENSE $(DESTDIR)$(DOCDIR)
	install -m 0644 $(wildcard docs/*.md docs/*.svg docs/*.png) $(DESTDIR)$(DOCDIR)/docs
	install -m 0644 etc/examples/*.yaml $(DESTDIR)$(DOCDIR)/examples
	cp -r --no-preserve=mode,ownership etc/prometheus etc/grafana $(DESTDIR)$(DOCDIR)/
	install -D -m 0644 etc/flowswitch.schema.json $(DESTDIR)$(PREFIX)/share/flowswitch/flowswitch.schema.json
	BINARY=$(BINARY) DATADIR=$(DESTDIR)$(PREFIX)/share etc/install-generated.sh

uninstall: ## removes what install put there; /etc/flowswitch stays
	rm -f $(DESTDIR)$(PREFIX)/bin/flowswitch $(DESTDIR)$(UNITDIR)/flowswitch@.service
	rm -f $(DESTDIR)$(PREFIX)/lib/sysusers.d/flowswitch.conf $(DESTDIR)/etc/default/flowswitch
	rm -f $(DESTDIR)$(PREFIX)/share/flowswitch/flowswitch.schema.json
	[[ ! -d $(DESTDIR)$(PREFIX)/share/flowswitch ]] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$(PREFIX)/share/flowswitch
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/flowswitch
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/{site-functions,vendor-completions}/_flowswitch
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/flowswitch.fish
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/flowswitch.1* $(DESTDIR)$(PREFIX)/share/man/man1/flowswitch-*.1*
	rm -rf $(DESTDIR)$(DOCDIR)
	-rmdir $(DESTDIR)/etc/flowswitch 2>/dev/null

deb: release ## makes a Debian package: .build/deb/flowswitch_VERSION_ARCHITECTURE.deb
	BINARY=$(BINARY) etc/debian/build.sh

deb-try: ## installs, runs, upgrades and removes the package on a clean Debian in a folder (root, debootstrap)
	etc/debian/try.sh
	etc/debian/try-service.sh

clean: ## removes what was built
	rm -rf .build Benchmarks/.build
