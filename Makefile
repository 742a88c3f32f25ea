# schemadiff. `make demo` shows the main job; `make check` runs every test.
# Both install what is missing on Debian (scripts/install-dependencies).

PREFIX ?= /usr/local
BUILD ?= $(if $(SAN),build-san,build)
CC ?= cc
PKGS = sqlite3 libpq yaml-0.1 jansson libmd
VERSION = 0.1.0

CSTD = -std=gnu17
WARN = -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wformat=2 -Wvla -Wundef -Wcast-qual \
	-Wwrite-strings -Wswitch-enum -Wpointer-arith -Wredundant-decls -Wimplicit-fallthrough
OPT = $(if $(SAN),-O1 -g -fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer,\
	-O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
, := ,
ALL_CPPFLAGS = -Iinclude -I$(BUILD)/generated -D_GNU_SOURCE -DSCHEMADIFF_VERSION='"$(VERSION)"' \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null) $(CPPFLAGS)
ALL_CFLAGS = $(CSTD) $(WARN) $(if $(WERROR),-Werror) $(OPT) -pthread -fPIE $(CFLAGS)
ALL_LDFLAGS = -pie -pthread $(if $(SAN),-fsanitize=address$(,)undefined) $(LDFLAGS)
LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null)

# make V=1 shows the commands.
Q = $(if $(V),,@)

FOLDERS = src/base schema introspect src/diff render src/history src/run src/cli
SOURCES = $(sort $(wildcard $(addsuffix /*.c,$(FOLDERS))))
LIB_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(filter-out src/cli/main.c,$(SOURCES)))
QUERIES = $(sort $(wildcard introspect/*.sql))
QUERY_HEADERS = $(patsubst introspect/%.sql,$(BUILD)/generated/%.sql.h,$(QUERIES))
SUPPORT_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/*.c)))
TEST_SOURCES = $(sort $(wildcard tests/*/test_*.c))
TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(TEST_SOURCES))

all: $(BUILD)/schemadiff

$(BUILD)/schemadiff: $(BUILD)/src/cli/main.o $(BUILD)/libschemadiff.a
	@echo '  LD $@'
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libschemadiff.a: $(LIB_OBJECTS)
	@rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c Makefile | $(QUERY_HEADERS)
	@mkdir -p $(@D)
	@echo '  CC $<'
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# A catalog query stands in its own .sql file, to be pasted into psql or sqlite3; the
# header makes it a string literal.
$(BUILD)/generated/%.sql.h: introspect/%.sql
	@mkdir -p $(@D)
	$(Q)sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $< > $@

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT_OBJECTS) $(BUILD)/libschemadiff.a
	@echo '  LD $@'
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcriterion $(LIBS)

# One test program: make test-schema-types runs tests/schema/test_types.c.
define test_rule
test-$(subst /test_,-,$(patsubst tests/%.c,%,$(1))): $(BUILD)/$(1:.c=)
	scripts/with-postgres $$<
endef
$(foreach t,$(TEST_SOURCES),$(eval $(call test_rule,$(t))))

.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

tests: $(TESTS)

# What is missing is installed before anything is built, also under make -j.
check: dependencies-check
	@$(MAKE) all tests
	scripts/with-postgres scripts/run-tests $(BUILD)

# The property tests at full length; `make check` runs a short sample of them.
check-long: dependencies-check
	@$(MAKE) all tests
	SCHEMADIFF_LONG=1 scripts/with-postgres scripts/run-tests $(BUILD)

demo: dependencies-build
	@$(MAKE) all
	scripts/demo $(BUILD)/schemadiff

bench: dependencies-check
	@$(MAKE) all
	scripts/with-postgres bench/run $(BUILD)/schemadiff

DEPENDENCIES = dependencies-build dependencies-check dependencies-lint
$(DEPENDENCIES): dependencies-%:
	@scripts/install-dependencies $*

C_FILES = $(SOURCES) $(TEST_SOURCES) $(sort $(wildcard tests/support/*.c))
H_FILES = $(sort $(wildcard include/*/*.h tests/support/*.h))

lint: dependencies-lint
	scripts/check-layers
	scripts/check-bans
	scripts/check-budget
	@clang-format --dry-run -Werror $(C_FILES) $(H_FILES)
	mandoc -T lint -W warning man/schemadiff.1
	shellcheck -x -S warning $(filter-out scripts/check-docs,$(wildcard scripts/*)) tests/*/*.sh .ci/run bench/run

tidy: dependencies-lint $(QUERY_HEADERS)
	@printf '%s\n' $(SOURCES) | xargs -P 2 -n 4 sh -c 'clang-tidy --quiet "$$@" -- \
		$(filter-out -DSCHEMADIFF_VERSION%,$(ALL_CPPFLAGS)) $(CSTD) \
		-DSCHEMADIFF_VERSION=\"$(VERSION)\" 2>/dev/null' tidy
	cppcheck --enable=warning --error-exitcode=1 --inline-suppr --quiet -j 2 \
		--suppress=normalCheckLevelMaxBranches -Iinclude -I$(BUILD)/generated -D_GNU_SOURCE \
		$(FOLDERS)

format: dependencies-lint
	clang-format -i $(C_FILES) $(H_FILES)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install $(BUILD)/schemadiff $(DESTDIR)$(PREFIX)/bin/schemadiff
	install -m 644 man/schemadiff.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	$(BUILD)/schemadiff completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/schemadiff
	$(BUILD)/schemadiff completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_schemadiff

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/schemadiff $(DESTDIR)$(PREFIX)/share/man/man1/schemadiff.1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/schemadiff \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_schemadiff

dist:
	git archive --prefix=schemadiff-$(VERSION)/ -o schemadiff-$(VERSION).tar.gz HEAD

clean:
	rm -rf build build-*

.PHONY: $(DEPENDENCIES) all tests check check-long demo bench lint tidy format install uninstall dist clean
