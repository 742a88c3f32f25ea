/* A scratch folder of revision files, and the history that it makes. */
#ifndef TESTS_SUPPORT_HISTORY_FILES_H
#define TESTS_SUPPORT_HISTORY_FILES_H

#include "history/history.h"

/* `struct history_files files = {0};` is valid and empty. */
struct history_files {
	struct arena arena;
	const char *folder;
	struct history history;
	struct diags diags;
};

void history_files_open(struct history_files *files);
/* Removes the folder with all that is in it. */
void history_files_close(struct history_files *files);
/* Make a folder in the folder. */
void history_files_folder(struct history_files *files, const char *name);
void history_files_write(struct history_files *files, const char *name, const char *text);
/* "<id>_test.yaml": [down] is YAML, [more] the rest of the file; NULL for no operations.
 */
void history_files_revision(struct history_files *files, const char *id, const char *down,
			    const char *more);
bool history_files_load(struct history_files *files, bool recursive);
/* "file:line: message; detail; hint" of every diagnostic, a line each, without the
 * scratch folder's name. */
const char *history_files_errors(struct history_files *files);
/* Forget the diagnostics so far. */
void history_files_forget(struct history_files *files);

#endif
