/* The JSON of commands that report. docs/commands.md describes it. */
#ifndef CLI_REPORT_JSON_H
#define CLI_REPORT_JSON_H

#include "base/strbuf.h"
#include "run/runner.h"

/* What `check` and `diff` find. */
struct differences {
	const struct schema *from;
	const struct op_list *ops;
	bool of_database; /* the one that revisions were run on; else no changes */
	struct runner_change *changes;
	size_t change_count;
};

/* {"differences": [op, ...], "unmanaged": [{"kind", "name"}, ...], "changed":
 * [{"revision", "path", "log"}, ...]}, the last for a database only. */
void json_write_differences(const struct differences *found, struct strbuf *out);

/* An object for each row; docs/commands.md tells its keys. */
struct listing;
void json_write_listing(const struct listing *listing, struct strbuf *out);

/* What `test` found; docs/commands.md tells its keys. */
struct trial;
void json_write_trial(const struct trial *trial, struct strbuf *out);

#endif
