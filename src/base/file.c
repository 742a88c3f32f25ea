/* Files: read whole and checked, written so that no reader ever sees half of one. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "base/text.h"

/* The length of the UTF-8 character at [at] (RFC 3629), or 0 when there is none. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
	const unsigned char lead = at[0];
	const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, and what lies beyond U+10FFFF. */
	if ((lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] > 0x9f) ||
	    (lead == 0xf0 && at[1] < 0x90) || (lead == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

/* Report the first byte of [source] that is no text. */
static bool check_text(struct arena *arena, const struct source *source,
		       struct diags *diags)
{
	const unsigned char *text = (const unsigned char *)source->text;
	struct position position = {source, 1, 1};

	for (size_t i = 0; i < source->length;) {
		const size_t length = utf8_length(text + i, source->length - i);

		if (length == 0 || text[i] == '\0') {
			/* The text is not fit to be shown, so only its name is kept. */
			struct source *name_only = ARENA_NEW(arena, struct source);

			name_only->name = source->name;
			position.source = name_only;
			return diag_error(diags, position,
					  length == 0 ? "invalid UTF-8 in file \"%s\""
						      : "NUL byte in file \"%s\"",
					  source->name);
		}
		position.column++;
		if (text[i] == '\n') {
			position.line++;
			position.column = 1;
		}
		i += length;
	}
	return true;
}

static bool read_error(const char *path, const char *reason, struct diags *diags)
{
	return diag_error(diags, NOWHERE, "could not read file \"%s\": %s", path, reason);
}

/* Read [length] bytes, or fewer where the file ends sooner; false sets errno. */
static bool read_all(int fd, char *text, size_t length, size_t *ret_length)
{
	size_t done = 0;

	while (done < length) {
		const ssize_t n = read(fd, text + done, length - done);

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			done += (size_t)n;
	}
	*ret_length = done;
	return true;
}

static const struct source *read_open_file(struct arena *arena, int fd, const char *path,
					   size_t limit, struct diags *diags)
{
	struct source *source = ARENA_NEW(arena, struct source);
	struct stat status;
	char *text;

	if (fstat(fd, &status) != 0) {
		read_error(path, strerror(errno), diags);
		return NULL;
	}
	if (!S_ISREG(status.st_mode)) {
		read_error(path,
			   S_ISDIR(status.st_mode) ? "it is a folder"
						   : "it is not a regular file",
			   diags);
		return NULL;
	}
	if ((unsigned long long)status.st_size > limit) {
		diag_error(diags, NOWHERE, "file \"%s\" is too large: %lld bytes", path,
			   (long long)status.st_size);
		diag_hint(diags, "At most %zu bytes are read.", limit);
		return NULL;
	}
	text = arena_alloc(arena, (size_t)status.st_size + 1);
	if (!read_all(fd, text, (size_t)status.st_size, &source->length)) {
		read_error(path, strerror(errno), diags);
		return NULL;
	}
	source->name = arena_strdup(arena, path);
	source->text = text;
	return check_text(arena, source, diags) ? source : NULL;
}

const struct source *file_read(struct arena *arena, const char *path, size_t limit,
			       struct diags *diags)
{
	/* Not to hang on a pipe that no one writes to. */
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const struct source *source;

	if (fd < 0) {
		read_error(path, strerror(errno), diags);
		return NULL;
	}
	source = read_open_file(arena, fd, path, limit, diags);
	close(fd);
	return source;
}

/* "dir/" of "dir/name" as a length; 0 when there is none. */
static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Make a file of a fresh name beside [path]. */
static int open_temporary(const char *path, mode_t mode, struct strbuf *ret_name)
{
	const size_t folder = folder_length(path);

	for (unsigned i = 0; i < 1000; i++) {
		int fd;

		strbuf_reset(ret_name);
		strbuf_add(ret_name, path, folder);
		strbuf_addf(ret_name, ".%s.%ld-%u.tmp", path + folder, (long)getpid(), i);
		fd = open(ret_name->text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

static bool write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		const ssize_t n = write(fd, text, length);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
	return fsync(fd) == 0;
}

/* Give [temporary] its real name, atomically; errno EEXIST when that is taken. */
static bool move_into_place(const char *temporary, const char *path, bool replace)
{
	if (replace)
		return rename(temporary, path) == 0;
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* A file system without that flag: a hard link does not replace either. */
	if (link(temporary, path) != 0)
		return false;
	unlink(temporary);
	return true;
}

/* Make the new name durable; a file system that cannot is no reason to fail. */
static void sync_folder(const char *path)
{
	AUTO_STRBUF folder = {0};
	int fd;

	strbuf_add(&folder, path, folder_length(path));
	fd = open(folder.length ? folder.text : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

static bool write_error(const char *path, int error, struct diags *diags)
{
	if (error == EEXIST)
		return diag_error(diags, NOWHERE, "file \"%s\" exists already", path);
	return diag_error(diags, NOWHERE, "could not write file \"%s\": %s", path,
			  strerror(error));
}

bool file_write(const char *path, const char *text, size_t length, bool replace,
		struct diags *diags)
{
	AUTO_STRBUF temporary = {0};
	struct stat status;
	int fd, error = 0;

	fd = open_temporary(path, 0666, &temporary);
	if (fd < 0)
		return write_error(path, errno, diags);
	if (!write_all(fd, text, length))
		error = errno;
	/* A file that is replaced keeps its mode. */
	if (!error && replace && stat(path, &status) == 0 &&
	    fchmod(fd, status.st_mode & 07777) != 0)
		error = errno;
	if (close(fd) != 0 && !error)
		error = errno;
	if (!error && !move_into_place(temporary.text, path, replace))
		error = errno;
	if (error) {
		unlink(temporary.text);
		return write_error(path, error, diags);
	}
	sync_folder(path);
	return true;
}

bool file_make_temporary(const char *path, struct strbuf *ret_temporary,
			 struct diags *diags)
{
	/* Not to write much for nothing; file_publish() is what makes sure. */
	if (access(path, F_OK) == 0)
		return write_error(path, EEXIST, diags);
	const int fd = open_temporary(path, 0600, ret_temporary);

	if (fd < 0)
		return write_error(path, errno, diags);
	close(fd);
	return true;
}

/* What others wrote may still be in memory only. */
static bool sync_file(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const bool synced = fd >= 0 && fsync(fd) == 0;
	const int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return synced;
}

bool file_publish(const char *temporary, const char *path, struct diags *diags)
{
	if (!sync_file(temporary) || !move_into_place(temporary, path, false)) {
		const int error = errno;

		unlink(temporary);
		return write_error(path, error, diags);
	}
	sync_folder(path);
	return true;
}

void file_remove(const char *path)
{
	unlink(path);
}

bool file_exists(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

bool directory_exists(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool directory_make(const char *path, struct diags *diags)
{
	AUTO_STRBUF part = {0};
	int error;

	for (const char *c = path; *c; c++) {
		strbuf_addc(&part, *c);
		if (c[1] != '/' && c[1] != '\0')
			continue;
		if (mkdir(part.text, 0777) == 0)
			continue;
		error = errno == EEXIST ? ENOTDIR : errno;
		if (directory_exists(part.text))
			continue;
		return diag_error(diags, NOWHERE, "could not make folder \"%s\": %s",
				  part.text, strerror(error));
	}
	return true;
}

bool directory_list(struct arena *arena, const char *path, struct str_list *ret_names,
		    struct diags *diags)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	int error;

	if (!folder)
		return diag_error(diags, NOWHERE, "could not read folder \"%s\": %s",
				  path, strerror(errno));
	*ret_names = (struct str_list){0};
	for (errno = 0; (entry = readdir(folder)); errno = 0) {
		if (!text_equal(entry->d_name, ".") && !text_equal(entry->d_name, ".."))
			str_list_add(arena, ret_names,
				     arena_strdup(arena, entry->d_name));
	}
	error = errno;
	closedir(folder);
	if (error)
		return diag_error(diags, NOWHERE, "could not read folder \"%s\": %s",
				  path, strerror(error));
	str_list_sort(ret_names);
	return true;
}

char *path_join(struct arena *arena, const char *folder, const char *name)
{
	if (name[0] == '/' || !folder || folder[0] == '\0')
		return arena_strdup(arena, name);
	return arena_printf(arena, "%s%s%s", folder,
			    text_ends_with(folder, "/") ? "" : "/", name);
}

const char *path_real(struct arena *arena, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = arena_strdup(arena, real ? real : path);

	free(real);
	return copy;
}

int directory_lock(const char *path)
{
	const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0 || flock(folder, LOCK_EX) == 0)
		return folder;
	close(folder);
	return -1;
}

void directory_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

const char *path_folder(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return arena_strndup(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

bool path_is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	while (length && folder[length - 1] == '/')
		length--;
	return strncmp(path, folder, length) == 0 && path[length] == '/';
}
