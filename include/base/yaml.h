/*
 * YAML with a position on every node, over libyaml's event parser.
 *
 * A document is parsed as a whole into a tree in an arena; the tree is read-only.
 * Aliases resolve to the node that they name. Refused with an error at its place:
 * bad syntax, more than one document, duplicate keys in one mapping, keys that are not
 * scalars, merge keys (<<), an alias to an unknown anchor or to a node that contains it,
 * tags other than the core ones (!!str, !!int, !!float, !!bool, !!null, !!seq, !!map),
 * and anything beyond the limits below, so that no input can exhaust memory or the stack.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

enum {
	YAML_MAX_DEPTH = 64,		   /* nesting of collections */
	YAML_MAX_NODES = 40 * 1000 * 1000, /* after the expansion of aliases */
	YAML_MAX_SCALAR = 1 << 20,	   /* bytes in one scalar */
};

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_pair;

struct yaml_node {
	enum yaml_kind kind;
	bool quoted; /* scalar: written in quotes or as a block, so it is always a string
		      */
	unsigned line, column; /* from 1; column in characters */
	size_t weight;	       /* nodes below and including this one, aliases expanded */
	union {
		struct {
			const char *text; /* scalar: never NULL, NUL-terminated */
			size_t length;
		};
		struct {
			struct yaml_node **items; /* sequence */
			size_t item_count;
		};
		struct {
			struct yaml_pair *pairs; /* mapping, in order of writing */
			size_t pair_count;
		};
	};
};

struct yaml_pair {
	const struct yaml_node *key; /* always a scalar */
	const struct yaml_node *value;
};

/*
 * Parse [source] into [arena]. Returns the root, or NULL with an error in [diags].
 * An empty document gives an empty mapping.
 */
const struct yaml_node *yaml_parse(struct arena *arena, const struct source *source,
				   struct diags *diags);

/* The position of a node of [source]. */
struct position yaml_position(const struct source *source, const struct yaml_node *node);

/* The value under [key], or NULL; [node] may be NULL or of another kind, giving NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* A plain scalar that YAML's core schema reads as null: empty, ~, null, Null, NULL. */
bool yaml_is_null(const struct yaml_node *node);
/* A plain scalar true/false (any of YAML 1.2's spellings); others leave ret_ alone. */
bool yaml_as_bool(const struct yaml_node *node, bool *ret_value);
/* A plain scalar that is a decimal integer within the range of long long. */
bool yaml_as_integer(const struct yaml_node *node, long long *ret_value);

/* "a string", "a list", "a mapping", "a number", "null": for messages. */
const char *yaml_describe(const struct yaml_node *node);

#endif
