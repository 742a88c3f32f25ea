/* Op lists for people and programs: `diff`, `check`, and what `revision` prints. */
#ifndef RENDER_OPS_TEXT_H
#define RENDER_OPS_TEXT_H

#include "base/strbuf.h"
#include "schema/op.h"

/* One line an op, with a sign: "+ add column users.status enum(status) not null",
 * "- drop table logs", "~ alter column users.email: type varchar -> varchar(255)";
 * [before] gives the old values and may be NULL. [colour] adds SGR codes. */
void ops_write_text(const struct schema *before, const struct op_list *ops, bool colour,
		    struct strbuf *out);

/* A JSON array with the same keys and structure as the YAML form, two-space indented. */
void ops_write_json(const struct op_list *ops, struct strbuf *out);

#endif
