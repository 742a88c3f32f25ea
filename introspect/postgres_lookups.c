/* Collations and operator classes: small tables of names, and when a name is needed. */
#include <libpq-fe.h>
#include <stdlib.h>

#include "introspect/postgres_reader.h"

void catalog_read_collations(struct catalog_reader *reader,
			     const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		const struct read_collation collation = {
			.oid = catalog_oid(postgres_cell(result, row, 0)),
			.name = catalog_text(reader, result, row, 1),
		};
		ARRAY_PUSH(&reader->scratch, reader->collations, reader->collation_count,
			   collation);
	}
}

enum { OPCLASS_OID, OPCLASS_METHOD, OPCLASS_TYPE, OPCLASS_DEFAULT, OPCLASS_NAME };

void catalog_read_opclasses(struct catalog_reader *reader, const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		const struct read_opclass opclass = {
			.oid = catalog_oid(postgres_cell(result, row, OPCLASS_OID)),
			.method = catalog_oid(postgres_cell(result, row, OPCLASS_METHOD)),
			.type = catalog_oid(postgres_cell(result, row, OPCLASS_TYPE)),
			.is_default = catalog_bool(result, row, OPCLASS_DEFAULT),
			.name = catalog_text(reader, result, row, OPCLASS_NAME),
		};
		ARRAY_PUSH(&reader->scratch, reader->opclasses, reader->opclass_count,
			   opclass);
	}
}

const char *catalog_collation(const struct catalog_reader *reader, unsigned oid)
{
	const struct read_collation *found =
		reader->collation_count
			? bsearch(&oid, reader->collations, reader->collation_count,
				  sizeof(*reader->collations), catalog_compare_oids)
			: NULL;

	return found ? found->name : NULL;
}

static const struct read_opclass *find_opclass(const struct catalog_reader *reader,
					       unsigned oid)
{
	return reader->opclass_count
		       ? bsearch(&oid, reader->opclasses, reader->opclass_count,
				 sizeof(*reader->opclasses), catalog_compare_oids)
		       : NULL;
}

const char *catalog_opclass_name(const struct catalog_reader *reader, unsigned oid)
{
	const struct read_opclass *opclass = find_opclass(reader, oid);

	return opclass ? opclass->name : NULL;
}

/*
 * GetDefaultOpClass(): one that is marked so serves its own type, and types that are
 * stored alike (varchar, an enum, an array) unless they have one of their own.
 */
const char *catalog_opclass(const struct catalog_reader *reader, unsigned oid,
			    unsigned type)
{
	const struct read_opclass *opclass = find_opclass(reader, oid);
	if (!opclass || (opclass->is_default && (!type || opclass->type == type)))
		return NULL;
	if (!opclass->is_default)
		return opclass->name;

	for (size_t i = 0; i < reader->opclass_count; i++) {
		const struct read_opclass *other = &reader->opclasses[i];
		if (other->is_default && other->method == opclass->method &&
		    other->type == type)
			return opclass->name;
	}
	return NULL;
}
