/* The files of a squash: the new one in, the old ones aside. */
#ifndef CLI_SQUASH_FILES_H
#define CLI_SQUASH_FILES_H

#include "cli/session.h"

struct squashed_files {
	const struct revision **revisions; /* whose files give way */
	size_t count;
	const struct revision *last; /* of them: the new file takes its path */
};

/*
 * Put [text] in the place of all [files], which are kept in squashed/ID beside it, with
 * what was squashed into them before. Nothing is lost at any moment: where it is cut
 * short, the old history is there, or the new one with old files beside it, which reading
 * names as what to remove. False with an error.
 */
bool squashed_files_replace(struct session *session, const struct squashed_files *files,
			    const struct strbuf *text);

#endif
