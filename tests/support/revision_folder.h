/* A folder of revision files for tests of what is done with a history. */
#ifndef TESTS_REVISION_FOLDER_H
#define TESTS_REVISION_FOLDER_H

#include "history/history.h"

struct revision_folder {
	struct arena arena;
	const char *path;
	struct history history;
	struct diags diags;
};

void folder_open(struct revision_folder *folder);
/* Also removes the files. */
void folder_close(struct revision_folder *folder);

/* [down] as YAML: "null", "a", "[a, b]"; [ops] the lines of the upgrade, each "  - op\n",
 * NULL for none; the downgrade is empty, or [undo]. */
void folder_add(struct revision_folder *folder, const char *id, const char *down,
		const char *ops, const char *undo);
void folder_write(struct revision_folder *folder, const char *name, const char *text);
/* Asserts that it loads. */
void folder_load(struct revision_folder *folder);

/* "file:line: severity: message; detail; hint" of every diagnostic, a line each. */
const char *folder_diags(struct revision_folder *folder);

/* Ids between spaces. */
struct str_list folder_ids(struct revision_folder *folder, const char *ids);

#endif
