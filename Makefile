# SPDX-License-Identifier: GPL-2.0-or-later
# oci-wireguard: `make help` lists what can be made.

PREFIX  ?= /usr/local
DATADIR ?= /usr/share
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
HOOKDIR ?= $(DATADIR)/containers/oci/hooks.d
DOCDIR  ?= $(PREFIX)/share/doc/oci-wireguard
BASHDIR ?= $(DATADIR)/bash-completion/completions
FISHDIR ?= $(DATADIR)/fish/vendor_completions.d

CC         ?= cc
# Another, where the program is built for another machine.
HOSTCC     ?= $(CC)
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
VERSION    := 0.1.0

# A sanitized build lives beside the plain one.
BUILD ?= build$(if $(SANITIZE),/sanitize)

PACKAGES := libnftnl libmnl libnl-3.0 libnl-route-3.0 yajl

CFLAGS   ?= -O2 -g
override CFLAGS += -std=gnu11 -Wall -Wextra -Wshadow -Wmissing-prototypes -Wswitch-enum
override CFLAGS += -fstack-protector-strong -fPIE
override LDFLAGS += -pie -Wl,--as-needed -Wl,-z,relro,-z,now
override CPPFLAGS += -D_GNU_SOURCE
ifdef SANITIZE
override CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=address,undefined
else
override CPPFLAGS += $(if $(findstring -O0,$(CFLAGS)),,-D_FORTIFY_SOURCE=2)
endif

# Asked for when something is compiled, not when make starts: `make help` needs no libraries.
LIBRARY_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
LIBRARY_LIBS   = $(call linked,$(shell $(PKG_CONFIG) --libs $(PACKAGES)))

# What is used of a library becomes part of the program where there is an archive of it; with LIBRARIES=shared, for
# packages, all of each is loaded, which makes a run of the hook a fourth longer.
LIBRARIES ?= static
library_dir = $(shell $(PKG_CONFIG) --variable=libdir libnl-3.0)
archives = $(notdir $(wildcard $(patsubst -l%,$(library_dir)/lib%.a,$(1)) $(patsubst -l%,$(library_dir)/lib%_s.a,$(1))))
linked = $(if $(filter static,$(LIBRARIES)),$(foreach one,$(1),$(firstword $(addprefix -l:,$(call archives,$(one))) $(one))),$(1))

OCI  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard oci/*.c))
HOOK := $(patsubst %.c,$(BUILD)/%.o,$(wildcard hook/*.c))
# The part that needs no network and no privilege; its tests link yajl alone.
PURE := $(OCI) $(patsubst %,$(BUILD)/hook/%.o,key ip names bypass amnezia tunnel tunnel_word removals tunnel_check settings placeholder options locate cdi another request filter ruleset ruleset_print alias differences plan plan_print uapi)
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

all: $(BUILD)/oci-wireguard

$(BUILD)/oci-wireguard: $(OCI) $(HOOK)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBRARY_LIBS)

# oci/ knows nothing of hook/: it is compiled without a way to include from it.
$(BUILD)/oci/%.o: oci/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -Ioci -c -o $@ $<

# What libseccomp makes when the program is built, which is not linked with it.
FILTER := $(BUILD)/filter/filter_generated.h
$(BUILD)/filter/generate: hook/filter/generate.c Makefile
	@mkdir -p $(@D)
	$(HOSTCC) -O2 -std=gnu11 -Wall -Wextra -Wshadow -D_GNU_SOURCE -o $@ $< $$($(PKG_CONFIG) --cflags --libs libseccomp)

$(FILTER): $(BUILD)/filter/generate
	$< $(if $(SANITIZE),sanitized) > $@.new
	@mv $@.new $@

$(BUILD)/hook/filter.o: $(FILTER)
$(BUILD)/hook/%.o: hook/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -DVERSION='"$(VERSION)"' $(CFLAGS) -MMD -MP -Ioci -Ihook -I$(BUILD)/filter $(LIBRARY_CFLAGS) -c -o $@ $<

# Written when it is another than the last time, as with make VERSION=... or deb.
$(BUILD)/version: always
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@

$(BUILD)/hook/main.o: $(BUILD)/version

$(BUILD)/unit/%.o: tests/unit/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -Ioci -Ihook -c -o $@ $<

# What the tests of one subject share.
$(filter $(BUILD)/unit/test_state_%,$(UNIT)): $(BUILD)/unit/state_parsed.o
$(filter $(BUILD)/unit/test_request_%,$(UNIT)): $(addprefix $(BUILD)/unit/,request_asked.o template.o)
$(filter $(BUILD)/unit/test_tunnel_%,$(UNIT)): $(addprefix $(BUILD)/unit/,tunnel_parsed.o template.o)

$(BUILD)/unit/%: $(BUILD)/unit/%.o $(BUILD)/unit/unit.o $(PURE)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lyajl

# Of what others answer: these hear what the test says, by calls that are wrapped.
comma := ,
wrap = $(patsubst %,-Wl$(comma)--wrap=%,$(1))
$(BUILD)/unit/test_netlink: override LDFLAGS += $(call wrap,recvmsg mnl_socket_sendto)
$(BUILD)/unit/test_userspace: override LDFLAGS += $(call wrap,connect recv send)
$(addprefix $(BUILD)/unit/,test_netlink test_userspace): %: %.o $(BUILD)/unit/unit.o $(OCI) $(filter-out %/main.o,$(HOOK))
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBRARY_LIBS)

# Keys once more, as machines without 128-bit integers compute them.
UNIT += $(BUILD)/unit/test_key_narrow
$(BUILD)/unit/test_key_narrow: tests/unit/test_key.c tests/unit/unit.c oci/err.c hook/key.c hook/key.h Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -U__SIZEOF_INT128__ $(CFLAGS) $(LDFLAGS) -Ioci -Ihook -o $@ $(filter %.c,$^)

.SECONDARY: $(patsubst tests/unit/%.c,$(BUILD)/unit/%.o,$(wildcard tests/unit/*.c))

# Debian's and Ubuntu's names for what is needed; what is missing is installed, as root.
BUILD_PACKAGES := gcc libc6-dev make pkg-config libyajl-dev libseccomp-dev libmnl-dev libnftnl-dev libnl-3-dev libnl-route-3-dev
DEMO_PACKAGES  := wireguard-tools wireguard-go iproute2 util-linux mount busybox-static runc jq
CHECK_PACKAGES := crun nftables procps strace attr mandoc fish
VM_PACKAGES    := podman conmon netavark aardvark-dns uidmap iptables catatonit slirp4netns bpftool criu
DEB_PACKAGES   := binutils dpkg-dev gzip lintian bash-completion
ANALYZE_PACKAGES := clang clang-tidy clang-tools cppcheck

# What is before a colon, tests/on explains.
SUITES_ANYWHERE := tests/golden/suite tests/cli/suite tests/completion/suite
SUITES_NETWORK  := tests/network/suite tests/verify/suite tests/privilege/suite tests/guard/suite tests/leak/suite tests/cluster/suite tests/runtime/suite \
		   tests/differential/suite
SUITES_ONCE     := tests/package/suite userspace:tests/userspace/suite any:tests/guard/rules any:tests/resolv/suite any:tests/resolv/runtimes \
		   any:tests/runtime/wrapper \
		   any+apart:tests/runtime/podman any+apart:tests/package/installed
# With another Debian's files, among which the sanitizers' libraries are not.
ifndef SANITIZE
SUITES_ONCE     += any+apart+bookworm:tests/runtime/docker any+apart+trixie:tests/runtime/docker \
		   any+apart+trixie:tests/runtime/podman any+apart+trixie:tests/package/installed
# What it loads before the program would come before them.
SUITES_ONCE     += userspace:tests/faults/suite
endif
SUITES_BACKENDS := $(SUITES_NETWORK:%=userspace:%) $(SUITES_ONCE) \
		   $(patsubst %,kernel:%,$(filter-out tests/verify/suite,$(SUITES_NETWORK)))
SUITES_VM       := tests/vm/selftest kernel+vm:tests/runtime/engines kernel+vm:tests/resolv/engines \
		   kernel+vm:tests/runtime/rootless kernel+vm:tests/package/installed kernel+noipv6:tests/network/noipv6 \
		   kernel+bookworm:tests/containerd/suite
# What "make check" has natively, once more in the machine, which takes long where there is no KVM; and engines
# of Debian 13 that differ little from those of 12.
SUITES_ENGINES  := kernel:tests/verify/suite kernel+vm:tests/runtime/podman kernel+bookworm:tests/runtime/docker \
		   kernel+trixie:tests/runtime/docker kernel+trixie:tests/containerd/suite kernel+trixie:tests/runtime/engines \
		   kernel+trixie:tests/runtime/rootless kernel+vm:tests/runtime/checkpoint kernel+trixie:tests/runtime/checkpoint
export OCIWG_SANITIZE := $(SANITIZE)

demo:
	@tests/need $(BUILD_PACKAGES) $(DEMO_PACKAGES)
	@$(MAKE) --no-print-directory -s all
	@tests/on any tests/demo

check:
	@tests/need $(BUILD_PACKAGES) $(DEMO_PACKAGES) $(CHECK_PACKAGES) $(VM_PACKAGES) $(DEB_PACKAGES) git
	@$(MAKE) --no-print-directory -s all units deb
	@tests/run $(UNIT) $(SUITES_ANYWHERE) $(SUITES_BACKENDS) $(SUITES_VM)

units: $(UNIT) $(addprefix $(BUILD)/tests/,guard/probe leak/probe leak/capture userspace/fake faults/fault faults/failing.so \
	differential/generate differential/reading)

check-unit: all units
	@tests/run $(UNIT) $(SUITES_ANYWHERE)

check-native:
	@tests/need $(BUILD_PACKAGES) $(DEMO_PACKAGES) $(CHECK_PACKAGES) $(VM_PACKAGES) $(DEB_PACKAGES) git
	@$(MAKE) --no-print-directory -s all units deb
	@tests/run $(UNIT) $(SUITES_ANYWHERE) $(SUITES_NETWORK:%=any:%) $(SUITES_ONCE)

check-vm: all units deb
	@tests/run $(SUITES_BACKENDS) $(SUITES_VM)

check-engines:
	@tests/need $(BUILD_PACKAGES) $(DEMO_PACKAGES) $(CHECK_PACKAGES) $(VM_PACKAGES)
	@$(MAKE) --no-print-directory -s all units
	@tests/run $(SUITES_ENGINES)

check-leak:
	@tests/need $(BUILD_PACKAGES) $(DEMO_PACKAGES) $(CHECK_PACKAGES)
	@$(MAKE) --no-print-directory -s all units
	@tests/on userspace tests/leak/suite all
	@tests/on kernel tests/leak/suite all

check-faults:
	@tests/need $(BUILD_PACKAGES) $(DEMO_PACKAGES) $(CHECK_PACKAGES)
	@$(MAKE) --no-print-directory -s all units
	@tests/on userspace tests/faults/suite all
	@tests/on kernel tests/faults/suite

# Where lines are counted: what is not here sends packets, and comes to no other lines. CI does without what
# takes long.
COVERAGE      := $(SUITES_ANYWHERE) any:tests/network/suite any:tests/verify/suite any:tests/privilege/suite \
		 userspace:tests/userspace/suite any:tests/resolv/suite any:tests/runtime/wrapper
COVERAGE_LONG := userspace:tests/faults/suite kernel:tests/network/suite kernel:tests/verify/suite

coverage:
	@tests/need $(BUILD_PACKAGES) $(DEMO_PACKAGES) $(CHECK_PACKAGES) gcovr
	@tests/coverage/run $(UNIT) $(COVERAGE) $(COVERAGE_LONG)

bench:
	@tests/need $(BUILD_PACKAGES) $(DEMO_PACKAGES) crun nftables strace gnuplot-nox
	@$(MAKE) --no-print-directory -s all $(addprefix $(BUILD)/tests/bench/,floor timed alone bare)
	@tests/bench/run

# The hook for a kernel without WireGuard: a link of another kind, and no message of WireGuard's.
BARE := $(filter-out %/hook/rtnl.o %/hook/wireguard.o,$(OCI) $(HOOK))
$(BUILD)/tests/bench/bare: tests/bench/bare.c hook/rtnl.c tests/bench/kind $(BARE)
	@mkdir -p $(@D)
	sed "s/\"wireguard\"/\"$$(tests/bench/kind)\"/" hook/rtnl.c > $(@D)/rtnl.c
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -Ioci -Ihook $(LIBRARY_CFLAGS) -o $@ \
		$< $(@D)/rtnl.c $(BARE) $(LIBRARY_LIBS)

# Static analysis, each finding an error: with other versions than Debian 12's there may be others.
# What is switched off:
#   leaks (unix.Malloc, analyzer-malloc-leak, memleak, unreadVariable): clang and cppcheck know nothing of
#     cleanup, gcc 12 loses sight of a pointer in an array's element; LeakSanitizer runs with the tests;
#   variableScope, unusedStructMember, shadowFunction: declarations are at a block's beginning, structs are
#     laid over packets, and a local name may be a distant function's.
analyze:
	@tests/need $(BUILD_PACKAGES) $(ANALYZE_PACKAGES)
	@tests/run tests/analyze/suite

analyze-tidy: $(FILTER) # says on standard error how many findings it does not show
	@clang-tidy --quiet oci/*.c hook/*.c hook/*/*.c -- $(CPPFLAGS) -DVERSION='""' -std=gnu11 -Ioci -Ihook -I$(BUILD)/filter $(LIBRARY_CFLAGS) 2>&1 | \
		{ ! grep -vE '^[0-9]+ warnings? generated\.$$'; }

analyze-gcc:
	@$(MAKE) -sk CC=gcc CFLAGS='-O0 -fanalyzer -Wno-analyzer-malloc-leak -Werror' \
		BUILD=$(BUILD)/analyze/gcc objects

analyze-cppcheck:
	@cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -D_GNU_SOURCE -DVERSION='""' -Ioci -Ihook \
		--enable=warning,style,performance,portability \
		$(addprefix --suppress=,memleak unreadVariable variableScope unusedStructMember shadowFunction) \
		oci hook $(wildcard tests)

analyze-clang:
	@rm -rf $(BUILD)/analyze/clang
	@scan-build --status-bugs -disable-checker unix.Malloc -o $(BUILD)/analyze/report \
		$(MAKE) -sk CFLAGS=-O0 BUILD=$(BUILD)/analyze/clang objects

objects: $(OCI) $(HOOK)

# libFuzzer's targets, a C file each (tests/fuzz/suite), with the program in one piece below them.
FUZZ := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*.c))
# Seconds of processor time for each.
export FUZZ_SECONDS ?= 600
FUZZ_MAKE = $(MAKE) --no-print-directory -s CC=clang SANITIZE=1 BUILD=build/fuzz \
	CFLAGS='-O1 -g -fsanitize=fuzzer-no-link'

fuzz:
	@tests/need $(BUILD_PACKAGES) clang libclang-rt-dev
	@$(FUZZ_MAKE) -j$$(nproc) fuzzers
	@tests/run tests/fuzz/suite

fuzzers: $(FUZZ)

# Wrapped are the calls by which it hears from others (tests/fuzz/NAME.c, or made.h, has them as __wrap_CALL).
FUZZ_WRAP = $(call wrap,$(patsubst __wrap_%,%,$(shell cd tests/fuzz && \
	grep -oh '__wrap_[a-z_0-9]*' $*.c $$(grep -o '"made.h"' $*.c | tr -d '"') | sort -u)))
$(BUILD)/fuzz/%: tests/fuzz/%.c $(wildcard tests/fuzz/*.h) $(OCI) $(filter-out %/main.o,$(HOOK)) Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -Ioci -Ihook $(LIBRARY_CFLAGS) $(FUZZ_WRAP) -o $@ \
		$(filter %.c %.o,$^) $(LIBRARY_LIBS)

# In the test machine a program that need not be linked when it starts, starts ten times as fast.
ifndef SANITIZE
$(BUILD)/tests/leak/%: override LDFLAGS := $(filter-out -pie,$(LDFLAGS)) -static-pie
endif

# What suites need besides the program: a C file each, and what is named here.
$(BUILD)/tests/leak/probe $(BUILD)/tests/leak/capture: tests/leak/leak.h
$(BUILD)/tests/leak/probe: $(addprefix tests/leak/probe,.h _send.c _barrier.c)
$(BUILD)/tests/faults/fault $(BUILD)/tests/faults/failing.so: tests/faults/faults.h
# It is loaded into the program: what both call is its own.
$(BUILD)/tests/%.so: tests/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(filter-out -fPIE -fsanitize%,$(CFLAGS)) -fPIC -shared -o $@ $<
$(BUILD)/tests/%: tests/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^)

$(addprefix $(BUILD)/tests/differential/,generate reading): $(BUILD)/%: %.c $(PURE) Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -Ioci -Ihook -o $@ $(filter %.c %.o,$^) -lyajl

# What engines are shown, as it lies below hooks.d/; what ends in .in is made into what they read.
EXAMPLES = $(shell find hooks.d -path hooks.d/debian -prune -o -type f ! -name '*.in' -printf '%P\n')

# They say where the program is, and the examples.
PLACED = sed -e 's|/usr/local/bin/oci-wireguard|$(BINDIR)/oci-wireguard|g' \
	-e 's|/usr/local/share/doc/oci-wireguard|$(DOCDIR)|g'

# The program is there before the JSON that calls it, and is removed after it: engines skip a hook
# whose program is missing in silence, and a container would start without its tunnel.
install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(HOOKDIR) \
		$(DESTDIR)$(BASHDIR) $(DESTDIR)$(FISHDIR) $(addprefix $(DESTDIR)$(DOCDIR)/,$(sort $(dir $(EXAMPLES))))
	$(INSTALL) -m 755 $(BUILD)/oci-wireguard $(DESTDIR)$(BINDIR)/oci-wireguard.new
	mv -f $(DESTDIR)$(BINDIR)/oci-wireguard.new $(DESTDIR)$(BINDIR)/oci-wireguard
	ln -sf oci-wireguard $(DESTDIR)$(BINDIR)/oci-wireguard-runtime
	$(PLACED) hook/oci-wireguard.8 | $(INSTALL) -m 644 /dev/stdin $(DESTDIR)$(MANDIR)/man8/oci-wireguard.8
	ln -sf oci-wireguard.8 $(DESTDIR)$(MANDIR)/man8/oci-wireguard-runtime.8
	$(INSTALL) -m 644 hook/completion.bash $(DESTDIR)$(BASHDIR)/oci-wireguard
	$(INSTALL) -m 644 hook/completion.fish $(DESTDIR)$(FISHDIR)/oci-wireguard.fish
	$(PLACED) README.md | $(INSTALL) -m 644 /dev/stdin $(DESTDIR)$(DOCDIR)/README.md
	set -e; for file in $(EXAMPLES); do \
		$(PLACED) hooks.d/$$file | $(INSTALL) -m 644 /dev/stdin $(DESTDIR)$(DOCDIR)/$$file; done
	sed 's|@BINDIR@|$(BINDIR)|g' hooks.d/50-oci-wireguard.json.in > $(BUILD)/50-oci-wireguard.json
	$(INSTALL) -m 644 $(BUILD)/50-oci-wireguard.json $(DESTDIR)$(HOOKDIR)/50-oci-wireguard.json

uninstall:
	rm -f $(DESTDIR)$(HOOKDIR)/50-oci-wireguard.json
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/man8/,oci-wireguard.8 oci-wireguard-runtime.8) \
		$(DESTDIR)$(BASHDIR)/oci-wireguard $(DESTDIR)$(FISHDIR)/oci-wireguard.fish
	rm -f $(DESTDIR)$(DOCDIR)/README.md $(EXAMPLES:%=$(DESTDIR)$(DOCDIR)/%)
	find $(DESTDIR)$(DOCDIR) -depth -type d -exec rmdir {} + 2>/dev/null || true
	rm -f $(DESTDIR)$(BINDIR)/oci-wireguard-runtime $(DESTDIR)$(BINDIR)/oci-wireguard

# A tarball of what is committed, or, without git, of what is there: the same bytes each time.
DIST := oci-wireguard-$(VERSION)
# When it was made: the last commit, or what that left in a tarball.
export SOURCE_DATE_EPOCH ?= $(shell [ -e .git ] && git log -1 --format=%ct || stat -c %Y Makefile)

dist:
	@mkdir -p build
	@if [ -e .git ]; then git -c tar.umask=022 archive --prefix=$(DIST)/ -o build/$(DIST).tar HEAD; else \
		tar -cf build/$(DIST).tar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
		--mtime=@$(SOURCE_DATE_EPOCH) --exclude=./build --transform='s|^\.|$(DIST)|' .; fi
	@gzip -9nf build/$(DIST).tar
	@echo build/$(DIST).tar.gz

deb:
	@tests/need $(BUILD_PACKAGES) $(DEB_PACKAGES)
	@MAKE='$(MAKE)' hooks.d/debian/build $(VERSION)

format:
	clang-format -i oci/*.[ch] hook/*.[ch] hook/*/*.c tests/*/*.[ch]

# Without SC1091 and SC2317: shellcheck follows neither all that is sourced nor what is called by name.
lint:
	@clang-format --dry-run -Werror oci/*.[ch] hook/*.[ch] hook/*/*.c tests/*/*.[ch]
	@shellcheck -x -e SC1091,SC2317 hook/completion.bash $$(grep -lE '^#!/bin/(ba)?sh' .ci/* hooks.d/*/* tests/* tests/*/* 2>/dev/null)
	@mandoc -T lint -W warning hook/oci-wireguard.8

clean:
	rm -rf build

help:
	@echo 'make             the program: build/oci-wireguard'
	@echo 'make demo        a container behind a real tunnel, shown (as root; installs what is missing)'
	@echo 'make check       all tests (as root; installs what is missing)'
	@echo 'make check-unit  the tests that need no kernel and no root'
	@echo 'make check-native  the same, and those of the network with the WireGuard that is here'
	@echo 'make check-vm    the tests of the network with either WireGuard, and of real engines'
	@echo 'make check-engines  in the machine what make check has natively, and Debian 13 there'
	@echo 'make check-leak  what leaves past the tunnel: every moment with every tunnel and backend'
	@echo 'make check-faults  every system call, allocation and request made to fail, and what else can'
	@echo 'make coverage    which lines the tests come to, natively and in the machine'
	@echo 'make analyze     clang-tidy, gcc -fanalyzer, cppcheck and scan-build'
	@echo 'make fuzz        libFuzzer on all that comes from others, FUZZ_SECONDS=$(FUZZ_SECONDS) each'
	@echo 'make bench       the hook beside a bare C program, a script, wg-quick and wg: a table, plots'
	@echo 'make install     into PREFIX=$(PREFIX), DATADIR=$(DATADIR), below DESTDIR'
	@echo 'make dist deb    build/$(DIST).tar.gz; a Debian package of what is installed, in build'
	@echo 'make uninstall   the same files, removed'
	@echo 'make format lint clean'
	@echo 'SANITIZE=1       with any of them: built with ASan and UBSan, in build/sanitize'

-include $(wildcard $(BUILD)/*/*.d)

.PHONY: all demo check units check-unit check-native check-vm check-engines check-leak check-faults bench install uninstall format lint clean help fuzz fuzzers \
	dist deb always coverage analyze analyze-tidy analyze-gcc analyze-cppcheck analyze-clang objects
