/* The JSON of commands that report. docs/commands.md describes it. */
#ifndef CLI_REPORT_JSON_H
#define CLI_REPORT_JSON_H

#include "base/strbuf.h"
#include "history/history.h"

/* {"differences": [op, ...], "unmanaged": [{"kind", "name"}, ...]} */
void json_write_differences(const struct op_list *ops, const struct schema *schema,
			    struct strbuf *out);

/* One revision for the lists below. */
struct json_revision {
	const char *id;
	const struct revision *revision; /* NULL: in no file */
	bool head;
};

/* [{"revision", "down_revision", "message", "create_date", "path", "head"}, ...] */
void json_write_revisions(const struct json_revision *revisions, size_t count,
			  struct strbuf *out);

#endif
