# ngx_aep: `make help` lists what there is to make.

VERSION := $(shell sed -n 's/^\#define AEP_VERSION "\(.*\)"$$/\1/p' src/version.hpp)
MODULE  := ngx_http_aep_module
AMQP    := ngx_http_aep_amqp_module

# What may be set on the command line, as `make help` shows it ----------------------------------------------------
#   NGINX         the nginx to build for, test and install into; the one that the shell finds
#   NGX_SRC       its source tree; found where nginx is Debian's
#   OUT           where the output goes: build; another directory for each set of flags below
#   CXX, OPT, SAN, CXXFLAGS, LDFLAGS
#                 the compiler, how it optimizes, sanitizers, and whatever else: make CXX='ccache g++' OPT='-O0 -g'
#   ISAL          empty: gzip by zlib, even where there is ISA-L; found where it is installed
#   V             1: print commands in full
#   JOBS          how many things to do at once: all processors
#   T             which tests to run, by a part of their names, or those of t by their paths: make unit T=head_finder,
#                 make test-nginx T="t/00-load.t t/load.t", make fuzz T=policy, make test-browser T=consent
#   NGINX_TESTS   a directory with nginx's own tests, the repository nginx-tests: make test-nginx-suite T=range.t
#   SUITES        Debian's suites whose nginx test-versions tries, and nginx.org: trixie forky sid nginx.org
#   SUITE         the suite of Debian in which test-debian tries the README: trixie
#   PACKAGE_SUITES
#                 those in which test-package tries the package: bookworm trixie
#   QUICK         1: less than a minute of test-attacks; SAN=-fsanitize=address,undefined attacks a sanitized build
#   FUZZ_SECONDS  how long fuzz works on each parser: 20
#   SECONDS       how long soak takes: 3600
#   DESTDIR, MODULES_PATH, CONF_PATH
#                 where install puts things, if not where nginx itself looks
#   PREFIX        programs go into its bin: /usr/local

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-builtin-rules
.DELETE_ON_ERROR:

export PATH := $(PATH):/usr/local/sbin:/usr/sbin
JOBS        ?= $(shell nproc)
ifeq ($(MAKELEVEL),0)
MAKEFLAGS   += --jobs=$(JOBS)
endif

# nginx itself takes an environment variable of this name for inherited sockets.
unexport NGINX
ifndef NGINX
NGINX       := $(shell command -v nginx)
endif
NGINX_VERSION := $(if $(NGINX),$(shell $(NGINX) -v 2>&1 | sed -n 's,^nginx version: [^/]*/\([0-9.]*\).*,\1,p'))

OUT         ?= build
DEPS        := build/deps
# Debian changes headers under the same version of nginx: another package is another nginx.
ifndef NGX_SRC
NGINX_PACKAGE := $(if $(NGINX),$(shell t/tools/nginx-package.sh $(NGINX)))
endif
# One that was compiled with other options is another nginx as well: its headers have its paths and features.
NGINX_OPTIONS := $(if $(NGINX),$(shell $(NGINX) -V 2>&1 | cksum | cut -d ' ' -f 1))
NGINX_BUILD := build/nginx-$(or $(NGINX_PACKAGE),$(NGINX_VERSION)-$(NGINX_OPTIONS))
NGX_SRC     ?= $(NGINX_BUILD)/src
SDK         := build/sdk/sdk_bytes.cpp
STATUS_PAGE := build/sdk/status_bytes.cpp

Q   := $(if $(V),,@)
say  = @printf '  %-8s %s\n' $(1) $(2)

# Sources ---------------------------------------------------------------------------------------------------------

# The second module, the queue in RabbitMQ, which alone needs a library for that: three of its sources do to be compiled.
AMQP_SOURCES := $(wildcard src/amqp_module.cpp src/queue/amqp/*.cpp src/queue/amqp/*/*.cpp)
AMQP_OBJECTS := $(AMQP_SOURCES:%.cpp=$(OUT)/%.o)
AMQP_CLIENT  := $(addprefix src/queue/amqp/,connection.cpp connection_requests.cpp frames.cpp)
AMQP_PURE    := $(filter-out src/amqp_module.cpp $(AMQP_CLIENT),$(AMQP_SOURCES))

SOURCES := $(filter-out $(AMQP_SOURCES),$(wildcard src/*.cpp src/*/*.cpp src/*/*/*.cpp))
OBJECTS := $(SOURCES:%.cpp=$(OUT)/%.o) $(OUT)/sdk/sdk_bytes.o $(OUT)/sdk/status_bytes.o
UNIT    := $(patsubst t/unit/%.cpp,$(OUT)/unit/%,$(wildcard t/unit/*$(T)*_test.cpp))
FLEET   := $(patsubst t/fleet/%.cpp,$(OUT)/fleet/%,$(wildcard t/fleet/*$(T)*_test.cpp))
FLEET_T := $(wildcard t/fleet/*$(T)*.t)
FUZZ    := $(patsubst t/fuzz/%.cpp,$(OUT)/fuzz/%,$(wildcard t/fuzz/*$(T)*.cpp))
NGINX_T := $(if $(filter %.t,$(T)),$(T),$(wildcard t/*$(T)*.t))

# The directories of our JavaScript packages, each with its lock file.
JAVASCRIPT := $(patsubst %/package-lock.json,%,$(wildcard src/sdk/browser/package-lock.json t/*/package-lock.json))
SDK_INPUTS := $(shell find src/sdk/browser -name node_modules -prune -o -type f -print)
STATUS_PAGE_INPUTS := $(wildcard src/status/browser/*) $(wildcard src/sdk/browser/status_page.mjs src/sdk/browser/bundler/*)

# Without a file, prove would run whatever there is.
some     = $(or $(1),$(error T=$(T) is part of no test's name here))

# Flags -----------------------------------------------------------------------------------------------------------

ifeq ($(origin ISAL),undefined)
ISAL      := $(shell printf '\043include <isa-l/igzip_lib.h>\n' | $(CXX) -E -x c++ - >/dev/null 2>&1 && echo 1)
endif
WARNINGS  := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-qual \
             -Wnon-virtual-dtor -Werror
OPT       ?= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
SAN       ?=
STANDARD  := -std=c++20 -Isrc $(if $(ISAL),-DAEP_ISAL=1)
COMPILE    = $(CXX) $(STANDARD) $(WARNINGS) $(OPT) $(SAN) -fPIC -fvisibility=hidden -pthread -MMD -MP $(CXXFLAGS)
LIBRARIES := -lcurl -lsimdjson -lpsl -ljansson -lcrypto -lsqlite3 -lz -lbrotlidec -lbrotlienc $(if $(ISAL),-lisal)
# nodelete: a thread that is stuck in the resolver may outlive the module's last request, but not its code.
LINK       = $(CXX) $(SAN) -pthread -Wl,-z,relro,-z,now $(LDFLAGS)

NGINX_INCLUDES := $(foreach directory,src/core src/event src/event/modules src/event/quic src/os/unix \
                    src/http src/http/modules src/http/v2 src/http/v3,-isystem $(NGX_SRC)/$(directory)) \
                  -isystem $(NGINX_BUILD)/objs

# Packages of the system: what building, testing and everything else need -----------------------------------------

# ISA-L is packaged for this processor only.
ISAL_PACKAGE  := $(if $(filter x86_64,$(shell uname -m)),libisal-dev)
unless_node18 = $(shell node -e 'process.exit(parseInt(process.versions.node) < 18)' 2>/dev/null || echo $(1))

PACKAGES_build = g++ libpcre2-dev libssl-dev zlib1g-dev libcurl4-openssl-dev libjansson-dev libsimdjson-dev \
                 libpsl-dev libsqlite3-dev libbrotli-dev $(ISAL_PACKAGE) ca-certificates openssl brotli perl \
                 $(if $(NGINX),,nginx) $(call unless_node18,nodejs) $(if $(shell command -v npm),,npm)
PACKAGES_test  = libcmocka-dev libjs-prototype curl procps psmisc chromium firefox-esr libhttp-message-perl \
                 libipc-run-perl liblist-moreutils-perl libtest-base-perl libtest-longstring-perl libtext-diff-perl \
                 liburi-perl libwww-perl sqlite3 wrk
PACKAGES_fleet = librabbitmq-dev
PACKAGES_tools = clang clang-format clang-tidy libclang-rt-14-dev shellcheck valgrind apache2-utils mandoc \
                 $(PACKAGES_fleet)
PACKAGES_deb   = debhelper lintian nginx-dev

# Build -----------------------------------------------------------------------------------------------------------

.PHONY: all
all: ## builds build/ngx_http_aep_module.so (as `make` alone does)
all: $(OUT)/$(MODULE).so

ifeq ($(NGINX),)
$(NGINX_BUILD)/configured:
	@echo "There is no nginx on this machine: run 'make deps', or say 'make NGINX=<program>'." >&2
	@exit 1
else
ifeq ($(NGX_SRC),$(NGINX_BUILD)/src)
$(NGX_SRC):
	@t/tools/nginx-headers.sh $(NGINX) $(NGINX_BUILD)
endif

$(NGINX_BUILD)/configured: config config.make t/tools/configure-nginx.sh | $(NGX_SRC) $(SDK) $(STATUS_PAGE)
	$(call say,NGINX,$(NGX_SRC))
	$(Q)t/tools/configure-nginx.sh $(NGINX) $(NGX_SRC) $(CURDIR)/$(NGINX_BUILD)/objs $(CURDIR)
	@touch $@
endif

.PHONY: configured
configured: $(NGINX_BUILD)/configured

# The compiler does not tell of nginx's headers.
$(OUT)/src/%.o: src/%.cpp $(NGINX_BUILD)/configured
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) $(NGINX_INCLUDES) -c $< -o $@

$(OUT)/sdk/%_bytes.o: build/sdk/%_bytes.cpp
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -c $< -o $@

$(OUT)/modules.o: $(NGINX_BUILD)/configured
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -fPIC -O2 $(NGINX_INCLUDES) -c $(NGINX_BUILD)/objs/$(MODULE)_modules.c -o $@

$(OUT)/$(MODULE).so: $(OBJECTS) $(OUT)/modules.o
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared -Wl,-z,nodelete $^ $(LIBRARIES) -o $@

-include $(OBJECTS:.o=.d)

amqp: ## builds build/ngx_http_aep_amqp_module.so: the queue in RabbitMQ, loaded beside the first (docs/fleet.md)
run-amqp: $(OUT)/$(AMQP).so

# Of the first module's objects it has those that it needs, and uses its own (Bsymbolic), whichever is loaded first.
$(OUT)/$(AMQP).so: $(AMQP_OBJECTS) $(OUT)/libaep.a
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared -Wl,-z,nodelete -Wl,-Bsymbolic -Wl,--as-needed $^ -lrabbitmq -lssl $(LIBRARIES) -o $@

-include $(AMQP_OBJECTS:.o=.d)

# How each file is compiled, for clangd and other tools. make itself writes it, in no time, so always: but not for -n.
EDITED  := $(SOURCES) $(AMQP_SOURCES) $(wildcard t/unit/*.cpp t/fleet/*.cpp t/fuzz/*.cpp t/html/*.cpp t/bench/*.cpp \
             t/browser/*.cpp)
comma   := ,
quoted   = $(subst ",\",$(subst \,\\,$(1)))
command  = {"directory": "$(CURDIR)", "file": "$(1)", "command": "$(call quoted,$(strip \
             $(filter-out -MMD -MP,$(COMPILE)) $(NGINX_INCLUDES)) -c $(1))"}
commands = [$(call command,$(firstword $(EDITED)))$(foreach \
             file,$(filter-out $(firstword $(EDITED)),$(EDITED)),$(comma)$(call command,$(file)))]

all: $(OUT)/compile_commands.json
.PHONY: $(OUT)/compile_commands.json
$(OUT)/compile_commands.json: | $(OUT)/.
	$(if $(findstring n,$(firstword -$(MAKEFLAGS))),,$(file >$@.new,$(commands)))
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(OUT)/.:
	@mkdir -p $@

# The SDK file ----------------------------------------------------------------------------------------------------

.PHONY: sdk
sdk: ## builds build/sdk: the files for browsers, from the pinned npm packages
sdk: $(SDK) $(STATUS_PAGE)

INSTALLED := node_modules/.installed

%/$(INSTALLED): %/package.json %/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: run 'make deps'." >&2; exit 1; }
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund
	@mkdir -p $(@D) && touch $@

BROWSER_PACKAGES := $(patsubst %,%/$(INSTALLED),$(filter t/browser t/demo t/edge,$(JAVASCRIPT)))

$(SDK): $(SDK_INPUTS)
	@$(MAKE) --no-print-directory src/sdk/browser/$(INSTALLED)
	node src/sdk/browser/bundle.mjs --out build/sdk
	@touch $@

$(STATUS_PAGE): $(STATUS_PAGE_INPUTS) | $(SDK)
	@$(MAKE) --no-print-directory src/sdk/browser/$(INSTALLED)
	node src/sdk/browser/status_page.mjs --out build/sdk
	@touch $@

# Packages --------------------------------------------------------------------------------------------------------

.PHONY: deps deps-build
deps: ## installs the Debian packages that building, testing and measuring need
deps: $(DEPS)/build $(DEPS)/test $(DEPS)/tools

deps-build: ## installs only those that building and running need
deps-build: $(DEPS)/build

$(DEPS)/%: Makefile
	@mkdir -p $(@D)
	@t/tools/install-packages.sh $(PACKAGES_$*)
	@touch $@

# apt-get runs once at a time.
$(DEPS)/test: | $(DEPS)/build
$(DEPS)/tools: | $(DEPS)/test
$(DEPS)/fleet: | $(DEPS)/test
$(DEPS)/deb: | $(DEPS)/build

$(DEPS)/test-nginx: $(DEPS)/test t/tools/test-nginx.sh t/tools/private-apt.sh
	$(call say,FETCH,Test::Nginx)
	$(Q)t/tools/test-nginx.sh $@
	@touch $@

# Programs that would become services of the machine, if they were installed.
PRIVATE_prometheus := prometheus
PRIVATE_varnish    := varnish libvarnishapi3 libjemalloc2
PRIVATE_rabbitmq   := rabbitmq-server $(addprefix erlang-,base asn1 crypto eldap ftp inets mnesia os-mon parsetools \
                      public-key runtime-tools snmp ssl syntax-tools tftp tools xmerl)
PRIVATE            := $(DEPS)/prometheus $(DEPS)/varnish

$(PRIVATE) $(DEPS)/rabbitmq: $(DEPS)/%: $(DEPS)/test t/tools/unpack.sh
	$(call say,FETCH,$*)
	$(Q)t/tools/unpack.sh $@ $(PRIVATE_$*)
	@touch $@

# Each of these does all the set-up it needs, then makes run-<itself>: what was just installed is found that way.
BUILDS := demo
TESTS  := test unit test-html test-nginx test-edge test-browser test-firefox test-attacks test-versions \
          test-nginx-suite test-fleet demo-check demo-fleet picture soak
TOOLS  := test-sanitize test-threads fuzz bench lint format
DEBS   := deb
SECOND := amqp
.PHONY: $(BUILDS) $(TESTS) $(TOOLS) $(DEBS) $(SECOND) $(addprefix run-,$(BUILDS) $(TESTS) $(TOOLS) $(DEBS) $(SECOND))
$(BUILDS): $(DEPS)/build
$(TESTS):  $(DEPS)/test
$(TOOLS):  $(DEPS)/tools
$(DEBS):   $(DEPS)/deb
$(SECOND):  $(DEPS)/fleet
$(BUILDS) $(TESTS) $(TOOLS) $(DEBS) $(SECOND):
	@+$(MAKE) --no-print-directory run-$@

# Demo ------------------------------------------------------------------------------------------------------------

demo: ## runs a sample shop with the module and a stand-in for Adobe's Edge Network, until Ctrl-C
run-demo: all $(BROWSER_PACKAGES)
	node t/demo/demo.mjs

demo-check: ## drives a browser through the sample shop and checks that every event arrives
run-demo-check: all $(BROWSER_PACKAGES)
	node t/demo/demo.mjs --check

demo-fleet: ## kills one of three brokers and one of three nginx while a browser shops, and says what was lost
demo-fleet: $(DEPS)/fleet $(DEPS)/rabbitmq
run-demo-fleet: all run-amqp $(BROWSER_PACKAGES) $(DEPS)/rabbitmq
	node t/demo/fleet.mjs

picture: ## makes docs/status-page.png from some minutes of the sample shop
run-picture: all $(BROWSER_PACKAGES)
	node t/demo/picture.mjs docs/status-page.png

# Tests -----------------------------------------------------------------------------------------------------------

test: ## runs all tests: unit, html, nginx, edge, browser
run-test:
	@+for part in unit test-html test-nginx test-edge test-browser; do $(MAKE) --no-print-directory run-$$part; done

unit: ## runs the unit tests (cmocka)
run-unit: $(UNIT)
	CMOCKA_MESSAGE_OUTPUT=TAP prove --jobs $(JOBS) --failures --comments --exec '' $(call some,$^) | sed '/^# ok - /d'

$(OUT)/libaep.a: $(OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

# What is tested is optimized, the tests themselves are not: half of their compiler's time.
$(OUT)/unit/%: private OPT = -O0 -g -fstack-protector-strong
$(OUT)/unit/%: t/unit/%.cpp $(OUT)/libaep.a
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -MF $@.d -MT $@ $< $(filter %amqp.a,$^) $(OUT)/libaep.a -lcmocka $(LIBRARIES) -o $@

# Of the queue in RabbitMQ, what needs no librabbitmq.
$(OUT)/libaep_amqp.a: $(AMQP_PURE:%.cpp=$(OUT)/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(filter $(OUT)/unit/amqp_%,$(UNIT)): $(OUT)/libaep_amqp.a

-include $(UNIT:=.d)

$(DEPS)/rabbitmq-%: $(DEPS)/test t/tools/suite-rabbitmq.sh t/tools/private-apt.sh
	$(call say,FETCH,RabbitMQ of $*)
	$(Q)t/tools/suite-rabbitmq.sh $@ $*
	@touch $@

test-fleet: ## runs the tests of the queue in RabbitMQ, against nodes on loopback (t/fleet)
# Other RabbitMQs than this machine's: make test-fleet RABBITMQ=trixie, or sid.
RABBITMQ_TREE := $(DEPS)/rabbitmq$(if $(RABBITMQ),-$(RABBITMQ))
test-fleet: $(DEPS)/fleet $(RABBITMQ_TREE)
run-test-fleet: export RABBITMQ_TREE := $(RABBITMQ_TREE)
run-test-fleet: all run-amqp $(FLEET) $(RABBITMQ_TREE)
	$(if $(FLEET),CMOCKA_MESSAGE_OUTPUT=TAP prove --failures --comments --exec '' $(FLEET) | sed '/^# ok - /d')
	$(if $(FLEET_T),AEP_BUILD=$(OUT) TEST_NGINX_BINARY=$(NGINX) prove -I t/lib $(FLEET_T))

$(OUT)/fleet/%: private OPT = -O0 -g -fstack-protector-strong
$(OUT)/fleet/%: t/fleet/%.cpp $(AMQP_CLIENT:%.cpp=$(OUT)/%.o) $(OUT)/libaep_amqp.a $(OUT)/libaep.a
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -MF $@.d -MT $@ $(filter %.cpp %.o %.a,$^) -lcmocka -lrabbitmq -lssl $(LIBRARIES) -o $@

-include $(FLEET:=.d)

test-nginx: ## runs t/*.t against nginx with the module (Test::Nginx)
# One more than there are processors: they wait most of the time.
run-test-nginx: all $(DEPS)/test-nginx $(PRIVATE)
	AEP_BUILD=$(OUT) TEST_NGINX_BINARY=$(NGINX) AEP_CXX='$(CXX)' AEP_NGINX_INCLUDES='$(NGINX_INCLUDES)' \
	    AEP_LIBRARIES='$(LIBRARIES)' \
	    prove --jobs $$(($(JOBS) + 1)) -I t/lib -I $(DEPS)/test-nginx/usr/share/perl5 $(call some,$(NGINX_T))

ATTACKS := $(or $(filter t/attacks/%,$(T)),$(wildcard t/attacks/*.t))

test-attacks: ## attacks nginx with the module as scripts would (t/attacks)
run-test-attacks: $(if $(SAN),build/asan/keep_loaded.so)
	@+$(if $(SAN),$(SANITIZED)) export AEP_QUICK=$(QUICK); \
	    $(MAKE) --no-print-directory run-test-nginx T='$(ATTACKS)' $(if $(SAN),$(SANITIZED_BUILD))

soak: ## an hour of a shop's traffic, or SECONDS of it, with an outage and a reload each minute: what grows?
run-soak: all
	AEP_SOAK_SECONDS=$(or $(SECONDS),3600) AEP_BUILD=$(OUT) TEST_NGINX_BINARY=$(NGINX) prove --verbose -I t/lib t/soak

# Debian's suites that may have a newer nginx, and nginx as its makers build it.
SUITES ?= trixie forky sid nginx.org

test-versions: ## builds the module for the nginx of newer Debian suites, and runs t/*.t with each
run-test-versions: all $(DEPS)/test-nginx $(PRIVATE)
	+JOBS=$$(($(JOBS) + 1)) MAKE=$(MAKE) t/tools/test-versions.sh $(OUT) $(SUITES) -- $(call some,$(NGINX_T))

SUITE ?= trixie

.PHONY: test-debian
test-debian: ## makes a clean tree of Debian by debootstrap (SUITE), as root, and runs the README's commands in it
	t/tools/test-debian.sh $(SUITE) build/debian

test-nginx-suite: ## runs nginx's own tests, with and without the module on in every server (NGINX_TESTS)
run-test-nginx-suite: all
	JOBS=$(JOBS) t/tools/nginx-suite.sh $(NGINX) $(OUT)/$(MODULE).so '$(NGINX_TESTS)' $(T)

test-html: ## compares the place of the tag with what a parser of the HTML standard says
run-test-html: $(OUT)/html/place_of_tag t/html/$(INSTALLED)
	node t/html/differential.mjs $<

$(OUT)/html/%: t/html/%.cpp $(OUT)/libaep.a
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -MF $@.d -MT $@ $< $(OUT)/libaep.a $(LIBRARIES) -o $@

-include $(OUT)/html/place_of_tag.d

test-edge: ## runs the tests of the stand-in for the Edge Network
run-test-edge:
	node --test $(wildcard t/edge/*.test.mjs)

test-browser: ## runs the tests in t/browser with Chromium
run-test-browser: all $(BROWSER_PACKAGES) $(OUT)/browser/status_page
	npm test --prefix t/browser $(if $(T),-- $(call some,$(notdir $(wildcard t/browser/*$(T)*.test.mjs))))

$(OUT)/browser/%: t/browser/%.cpp $(OUT)/libaep.a
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -MF $@.d -MT $@ $< $(OUT)/libaep.a $(LIBRARIES) -o $@

-include $(OUT)/browser/status_page.d

# Where browsers differ, and a purchase. T names others: they take many minutes, and all of them pass, but for those
# pages of page_set for which it expects what Chromium says about a policy.
FIREFOX_TESTS := referrer_policy purchase navigation page_view data_layer data_layer_leaving shops

test-firefox: ## runs the tests in t/browser where browsers differ, with Firefox ESR
run-test-firefox: all $(BROWSER_PACKAGES) $(OUT)/browser/status_page
	AEP_BROWSER=firefox npm test --prefix t/browser -- $(if $(T),$(call some,$(notdir \
	    $(wildcard t/browser/*$(T)*.test.mjs))),$(FIREFOX_TESTS:=.test.mjs))

build/asan/keep_loaded.so: t/tools/keep_loaded.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -shared -fPIC -O2 $< -o $@

# nginx is not built with the sanitizer, so its runtime has to be loaded before everything else.
SANITIZED = export TEST_NGINX_LD_PRELOAD="$$(realpath "$$($(CXX) -print-file-name=libasan.so)"):$(CURDIR)/$<" \
                ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 \
                LSAN_OPTIONS=suppressions=$(CURDIR)/t/tools/lsan.supp:print_suppressions=0;
SANITIZED_BUILD := OUT=build/asan OPT='-O1 -g -fno-omit-frame-pointer'

test-sanitize: ## runs unit and nginx tests under AddressSanitizer and UndefinedBehaviorSanitizer
run-test-sanitize: build/asan/keep_loaded.so
	@+$(SANITIZED) for part in $(if $(UNIT),unit) $(if $(NGINX_T),test-nginx); do \
	    $(MAKE) --no-print-directory run-$$part $(SANITIZED_BUILD) SAN='-fsanitize=address,undefined'; \
	done

# The others have one thread. Of the sources these need only the rooms where threads are, and those below.
THREADED       := $(sort $(foreach part,engine queue store thread dead_letter,$(wildcard t/unit/*$(part)*_test.cpp)))
THREADED_ROOMS := edge queue queue/sqlite settings text threads

test-threads: ## runs the unit tests that have threads, or those that T names, under ThreadSanitizer
run-test-threads:
	@+$(MAKE) --no-print-directory run-unit OUT=build/tsan CXX=clang++ OPT='-O1 -g' SAN=-fsanitize=thread \
	    $(if $(T),,UNIT='$(THREADED:t/unit/%.cpp=build/tsan/unit/%)' \
	        SOURCES='$(wildcard $(THREADED_ROOMS:%=src/%/*.cpp))')

FUZZ_SECONDS ?= 20

fuzz: ## fuzzes the parsers for FUZZ_SECONDS each (20)
run-fuzz:
	@+$(MAKE) --no-print-directory fuzz-each OUT=build/fuzz CXX=clang++ OPT='-O1 -g' \
	    SAN='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined'

.PHONY: fuzz-each
fuzz-each: $(FUZZ)
	t/tools/fuzz.sh $(FUZZ_SECONDS) $(call some,$^)

$(OUT)/fuzz/%: t/fuzz/%.cpp $(OUT)/libaep.a
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -MF $@.d -MT $@ -fsanitize=fuzzer $< $(OUT)/libaep.a $(LIBRARIES) -o $@

-include $(FUZZ:=.d)

# Measurements ----------------------------------------------------------------------------------------------------

# What is compared with is made of nginx's own filters and modules that only measuring needs.
BENCH_MODULES := $(patsubst t/bench/%/config,build/bench/ngx_http_%_filter_module.so,$(wildcard t/bench/*/config))

build/bench/ngx_http_%_filter_module.so: t/bench/%/config t/bench/%/*.c | $(NGINX_BUILD)/configured
	t/tools/configure-nginx.sh $(NGINX) $(NGX_SRC) $(CURDIR)/$(@D)/$* $(CURDIR)/$(<D)
	$(CC) -shared -fPIC -O2 $(NGINX_INCLUDES) $(<D)/*.c $(@D)/$*/$(@F:.so=)_modules.c -o $@

bench: ## compares what a request costs: plain nginx, its own filters, a module that does nothing, this module
run-bench: all $(BENCH_MODULES) run-bench-events run-bench-orders
	node t/bench/bench.mjs $(NGINX) $(OUT)/$(MODULE).so $(dir $(firstword $(BENCH_MODULES)))

.PHONY: run-bench-events
run-bench-events: all $(OUT)/bench/rewrite_cost $(OUT)/bench/statistics_cost $(DEPS)/test-nginx
	$(OUT)/bench/statistics_cost
	node t/bench/events.mjs $(NGINX) $(OUT)/$(MODULE).so \
	    $(DEPS)/test-nginx/usr/lib/nginx/modules/ngx_http_js_module.so $(OUT)/bench/rewrite_cost

.PHONY: run-bench-orders
run-bench-orders: all $(OUT)/bench/mapping_cost
	node t/bench/orders.mjs $(NGINX) $(OUT)/$(MODULE).so $(OUT)/bench/mapping_cost

.PHONY: bench-fleet run-bench-fleet
bench-fleet: ## compares the queue in RabbitMQ with the one in files
bench-fleet: $(DEPS)/tools $(DEPS)/fleet
	@+$(MAKE) --no-print-directory run-bench-fleet
run-bench-fleet: all run-amqp $(DEPS)/rabbitmq
	node t/bench/fleet.mjs $(NGINX) $(OUT)/$(MODULE).so $(OUT)/ngx_http_aep_amqp_module.so

$(OUT)/bench/%: t/bench/%.cpp $(OUT)/libaep.a
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -MF $@.d -MT $@ $< $(OUT)/libaep.a $(LIBRARIES) -o $@

# Lint ------------------------------------------------------------------------------------------------------------

CXX_FILES := $(SOURCES) $(AMQP_SOURCES) $(wildcard src/*.hpp src/*/*.hpp src/*/*/*.hpp src/*/*/*/*.hpp t/*/*.cpp t/*/*.hpp)
SCRIPTS   := $(wildcard .ci/run config debian/*postinst debian/*postrm config.make conf.d/*/*.sh t/tools/*.sh t/*/*.sh)
TIDY      := $(patsubst %.cpp,$(OUT)/tidy/%,$(filter %.cpp,$(CXX_FILES)))

ESLINT    := t/tools/node_modules/.bin/eslint --config t/tools/eslint.config.mjs

lint: ## checks format and style of all code, and the order of its folders
.PHONY: lint-house lint-format lint-tidy lint-scripts lint-javascript lint-locks lint-release
run-lint: lint-house lint-format lint-tidy lint-scripts lint-javascript lint-locks lint-release

lint-house:
	node --test --test-reporter=dot t/tools/check-house.test.mjs
	node t/tools/check-house.mjs

lint-format:
	clang-format --dry-run -Werror $(CXX_FILES)

lint-tidy: $(TIDY)

$(filter $(OUT)/tidy/t/%,$(TIDY)): t/.clang-tidy

# The analyzer walks paths of the code, most of its time those that it has no end for: 30,000 states of a function, of
# its own 225,000, find the same in half the time.
ANALYZER := -Xclang -analyzer-config -Xclang max-nodes=30000

# Looks again at a file when a header that it includes has changed.
$(OUT)/tidy/%: %.cpp .clang-tidy | $(NGINX_BUILD)/configured
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	$(Q)$(CXX) $(STANDARD) $(NGINX_INCLUDES) -MM -MP -MF $@.d -MT $@ $<
	$(Q)clang-tidy --quiet $< -- $(STANDARD) $(filter-out -Werror,$(WARNINGS)) $(NGINX_INCLUDES) $(ANALYZER) \
	    2>&1 | sed '/ warnings\? generated\.$$/d'
	@touch $@

-include $(TIDY:=.d)

lint-scripts:
	shellcheck $(sort $(SCRIPTS))
	@for program in bin/aep-*; do perl -wc $$program; done

lint-javascript: t/tools/$(INSTALLED)
	$(ESLINT) --max-warnings 0 src t

# A lock file pins versions and content; where packages come from is the machine's own setting.
lint-locks:
	@! grep -n '"resolved"' $(addsuffix /package-lock.json,$(JAVASCRIPT)) || \
	    { echo "These lock files name a registry: set 'npm config set omit-lockfile-registry-resolved true'" \
	           "and make them again." >&2; exit 1; }

lint-release:
	t/tools/check-release.sh '$(VERSION)'

format: ## formats all C++ and JavaScript
run-format: t/tools/$(INSTALLED)
	clang-format -i $(CXX_FILES)
	$(ESLINT) --fix src t

.PHONY: hooks
hooks: ## lets git check each commit with the quick part of lint
	@t/tools/pre-commit.sh install

# Install ---------------------------------------------------------------------------------------------------------

.PHONY: install uninstall
install: ## installs the module and aep/website.inc for nginx, and programs (DESTDIR, MODULES_PATH, CONF_PATH, PREFIX)
install: all $(wildcard $(OUT)/$(AMQP).so)
	@t/tools/install.sh install $(NGINX) $(OUT)/$(MODULE).so $(wildcard $(OUT)/$(AMQP).so)

uninstall: ## removes what `make install` installed
	@t/tools/install.sh uninstall $(NGINX) $(OUT)/$(MODULE).so $(OUT)/$(AMQP).so

export DESTDIR MODULES_PATH CONF_PATH PREFIX

.PHONY: dist
dist: ## makes a tarball that builds without npm: build/ngx_aep-$(VERSION).tar.gz
dist: $(SDK) $(STATUS_PAGE)
	{ git ls-files -z; find build/sdk -type f ! -name '*.[od]' -print0; } | tar --no-recursion --null --files-from=- \
	    --transform='s,^,ngx_aep-$(VERSION)/,' --owner=0 --group=0 -czf build/ngx_aep-$(VERSION).tar.gz
	@echo build/ngx_aep-$(VERSION).tar.gz

deb: ## makes the Debian packages for the nginx of this machine's Debian, in build/deb; the second after make amqp
run-deb: dist
	JOBS=$(JOBS) t/tools/build-deb.sh build/ngx_aep-$(VERSION).tar.gz build/deb

PACKAGE_SUITES ?= bookworm trixie

.PHONY: test-package
test-package: ## as root: builds the packages in clean trees of Debian 12 and 13; installs, upgrades, removes them there
test-package: dist $(DEPS)/rabbitmq
	set -e; for suite in $(PACKAGE_SUITES); do \
	    t/tools/test-package.sh $$suite build/package build/ngx_aep-$(VERSION).tar.gz; \
	done

# Housekeeping ----------------------------------------------------------------------------------------------------

.PHONY: clean distclean help
clean: ## removes what was compiled; the SDK file, unpacked packages and node_modules stay
	rm -rf build/src build/unit build/fleet build/rabbitmq build/browser build/asan build/tsan build/fuzz build/tidy \
	    build/nginx-* build/suites/*/build build/*.o build/*.a build/*.so build/sdk/*.o t/servroot*

distclean: ## removes everything that was made
	rm -rf build t/servroot* $(addsuffix /node_modules,$(JAVASCRIPT))

help: ## lists the targets, and what may be set
	@sed -n 's/^\([a-z-]*\): ## \(.*\)/  \1\t\2/p' Makefile | sed 's/$$(VERSION)/$(VERSION)/' | expand -t 20
	@printf '\nVariables, as in make unit T=tag V=1:\n'
	@sed -n '/^# What may be set/,/^$$/s/^#   /  /p' Makefile
