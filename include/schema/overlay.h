/* What a database cannot say of itself, added to what was read from it. */
#ifndef SCHEMA_OVERLAY_H
#define SCHEMA_OVERLAY_H

#include "schema/schema.h"

/*
 * Give [is], introspected from a database of [dialect], what that database cannot say but
 * [was], the replayed history, knows: enums, comments, namespaces, identity, and the
 * other databases' slots of types and texts, wherever both agree as far as the database
 * sees.
 */
void schema_overlay(struct schema *is, const struct schema *was,
		    const struct dialect *dialect);

/*
 * For a database without namespaces: a table of [is] that has none, and that [known]
 * knows by this name in one namespace only, is the one of that namespace.
 */
void schema_adopt_namespaces(struct schema *is, const struct schema *known);

#endif
