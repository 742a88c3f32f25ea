/* Whole files in and out. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct diags;
struct source;
struct str_list;
struct strbuf;

/*
 * Read a whole file of at most [limit] bytes into a source that lives in [arena].
 * NULL, with an error naming the file and the reason, when it cannot be read, is not a
 * regular file, is larger than [limit], or holds a NUL byte or invalid UTF-8.
 */
const struct source *file_read(struct arena *arena, const char *path, size_t limit,
			       struct diags *diags);

/*
 * Write [text] to [path] so that a reader sees either nothing or the whole: a temporary
 * name in the same folder, fsync, then a link that fails if [path] exists (unless
 * [replace]). On any failure the temporary file is removed and the error names the path.
 */
bool file_write(const char *path, const char *text, size_t length, bool replace,
		struct diags *diags);

/*
 * For a file that another program or library writes: an empty file of a fresh name in the
 * folder of [path], which only its owner may read, is made, and becomes [path] when it is
 * done, durable and never in the place of another. After a failure the temporary file is
 * gone, and the error names [path].
 */
bool file_make_temporary(const char *path, struct strbuf *ret_temporary,
			 struct diags *diags);
bool file_publish(const char *temporary, const char *path, struct diags *diags);
void file_remove(const char *path); /* one that is not there is fine */

bool file_exists(const char *path);
bool directory_exists(const char *path);
/* Make [path] and its parents (mode 0777 less umask); existing ones are fine. */
bool directory_make(const char *path, struct diags *diags);
/*
 * Wait until no other process holds the lock on a folder, and take it. Returns what
 * directory_unlock() takes; -1 where the file system knows no locks, and then there is
 * none.
 */
int directory_lock(const char *path);
void directory_unlock(int lock);
/* The sorted names (not paths) in a folder, without "." and ".."; false with an error. */
bool directory_list(struct arena *arena, const char *path, struct str_list *ret_names,
		    struct diags *diags);
/* Does [path] begin with [folder], as text? */
bool path_is_below(const char *path, const char *folder);
/* The folder of [path]: "." where it has none. */
const char *path_folder(struct arena *arena, const char *path);
/* [folder]/[name], or [name] itself when it is absolute. */
char *path_join(struct arena *arena, const char *folder, const char *name);
/* [path] from the root, without links and dots; as it is where there is no such file. */
const char *path_real(struct arena *arena, const char *path);

#endif
