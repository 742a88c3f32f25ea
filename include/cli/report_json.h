/* The JSON of commands that report. docs/commands.md describes it. */
#ifndef CLI_REPORT_JSON_H
#define CLI_REPORT_JSON_H

#include "base/strbuf.h"
#include "history/history.h"

/* {"differences": [op, ...], "unmanaged": [{"kind", "name"}, ...]} */
void json_write_differences(const struct op_list *ops, const struct schema *schema,
			    struct strbuf *out);

/* An object for each row; docs/commands.md tells its keys. */
struct listing;
void json_write_listing(const struct listing *listing, struct strbuf *out);

/* What `test` found; docs/commands.md tells its keys. */
struct trial;
void json_write_trial(const struct trial *trial, struct strbuf *out);

#endif
