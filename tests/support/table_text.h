/*
 * A table as lines of text, to be compared with expected ones: everything that a struct
 * table holds, in its order, and nothing that is not set.
 *
 *	column id INTEGER not null
 *	primary key pk_t (id) conflict REPLACE
 *	foreign key (a) -> users (id) on delete CASCADE deferred
 *	index unique ix (a desc collate NOCASE, {lower(b)}) where b > 0
 *	options strict autoincrement
 */
#ifndef TESTS_SUPPORT_TABLE_TEXT_H
#define TESTS_SUPPORT_TABLE_TEXT_H

#include "schema/table.h"

struct strbuf;

void table_text(struct strbuf *out, const struct table *table);
void table_text_index(struct strbuf *out, const struct index *index);

#endif
