# Everything a fresh clone needs on Debian 12 with a Swift toolchain:
#
#   make lab       installs what is missing, builds, and shows the switch at work in a test network (root)
#   make test      the same, then all tests (the lab's are skipped without root)
#   make install   builds, and installs binary, service, man pages, completions and documents (docs/install.md)
#   make deb       makes a Debian package of the same
#
# Variables: PREFIX, DESTDIR, UNITDIR, DOCDIR (install), LABFLAGS (`make lab LABFLAGS='--datapath pcap --keep'`), TESTFLAGS (passed to swift test), FRAMES and SEED (make fuzz).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

SWIFT ?= swift
LABFLAGS ?=
TESTFLAGS ?=
FRAMES ?= 100000000
# What is installed runs without a Swift toolchain.
RELEASEFLAGS ?= --static-swift-stdlib
DESTDIR ?=
PREFIX ?= /usr/local
UNITDIR ?= $(PREFIX)/lib/systemd/system
DOCDIR ?= $(PREFIX)/share/doc/flowswitch
BINARY ?= .build/release/flowswitch
SEED ?= $(shell date +%s)

# clang for the kernel's part is in the Swift toolchain.
BUILD_PACKAGES := libbpf-dev libpcap-dev libnl-3-dev libnl-route-3-dev libelf-dev zlib1g-dev pkg-config
LAB_PACKAGES := nginx-light iperf3 dnsmasq-base tcpdump ethtool curl dnsutils iputils-ping iproute2 util-linux procps nftables
LINTED := $(wildcard Sources Tests Plugins Benchmarks Package.swift)

.PHONY: help deps build release lab test fuzz speed lint clean install install-files uninstall deb deb-try

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
	$(SWIFT) build -c release $(RELEASEFLAGS) --product flowswitch

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

install: release install-files ## builds and installs under PREFIX (/usr/local), below DESTDIR

# Of what is built already: so root need not build. Man pages and completions come from the command's own definitions.
install-files:
	install -D -s -m 0755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/flowswitch
	install -d $(DESTDIR)$(UNITDIR)
	sed 's,@PREFIX@,$(PREFIX),; s,@DOCDIR@,$(DOCDIR),' etc/systemd/flowswitch@.service > $(DESTDIR)$(UNITDIR)/flowswitch@.service
	install -D -m 0644 etc/systemd/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/flowswitch.conf
	[[ -e $(DESTDIR)/etc/default/flowswitch ]] || install -D -m 0644 etc/default/flowswitch $(DESTDIR)/etc/default/flowswitch
	install -d -m 0755 $(DESTDIR)/etc/flowswitch $(DESTDIR)$(DOCDIR)/examples $(DESTDIR)$(DOCDIR)/docs
	install -m 0644 README.md LICENSE $(DESTDIR)$(DOCDIR)
	install -m 0644 $(wildcard docs/*.md docs/*.svg) $(DESTDIR)$(DOCDIR)/docs
	install -m 0644 etc/examples/*.yaml $(DESTDIR)$(DOCDIR)/examples
	for folder in prometheus grafana schema; do \
	  if [[ -d etc/$$folder ]]; then cp -r --no-preserve=mode,ownership etc/$$folder $(DESTDIR)$(DOCDIR)/; fi; \
	done
	BINARY=$(BINARY) DATADIR=$(DESTDIR)$(PREFIX)/share etc/install-generated.sh

uninstall: ## removes what install put there; /etc/flowswitch stays
	rm -f $(DESTDIR)$(PREFIX)/bin/flowswitch $(DESTDIR)$(UNITDIR)/flowswitch@.service
	rm -f $(DESTDIR)$(PREFIX)/lib/sysusers.d/flowswitch.conf $(DESTDIR)/etc/default/flowswitch
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/flowswitch
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_flowswitch
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/flowswitch.fish
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/flowswitch.1* $(DESTDIR)$(PREFIX)/share/man/man1/flowswitch-*.1*
	rm -rf $(DESTDIR)$(DOCDIR)
	-rmdir $(DESTDIR)/etc/flowswitch 2>/dev/null

deb: release ## makes a Debian package: .build/deb/flowswitch_VERSION_ARCHITECTURE.deb
	BINARY=$(BINARY) etc/debian/build.sh

deb-try: ## installs, runs, upgrades and removes the package on a clean Debian in a folder (root)
	etc/debian/try.sh
	etc/debian/try-service.sh

clean: ## removes what was built
	rm -rf .build
