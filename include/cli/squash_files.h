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
 * what was squashed into them before. A history that can be read is there at any moment.
 * False with an error; as long as the new file is not in place, nothing has changed.
 */
bool squashed_files_replace(struct session *session, const struct squashed_files *files,
			    const struct strbuf *text);

#endif
