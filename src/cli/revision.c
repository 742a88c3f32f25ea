/* Making, proving and saving one revision. */
#include <time.h>

#include "base/file.h"
#include "cli/compare.h"
#include "schema/apply.h"
#include "schema/equal.h"

static const char *now(struct arena *arena)
{
	time_t seconds = time(NULL);
	struct tm parts;
	char text[40];

	if (!gmtime_r(&seconds, &parts) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S+00:00", &parts))
		return "1970-01-01T00:00:00+00:00";
	return arena_strdup(arena, text);
}

/* Alembic's rule: nothing that revision expressions use; and the version table's width.
 */
static bool check_id(const char *id, struct diags *diags)
{
	static const char *const words[] = {"head", "heads", "base", "current"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (text_equal(id, words[i]))
			return diag_error(diags, NOWHERE,
					  "\"%s\" cannot be a revision's id", id);
	bool good = *id && strlen(id) <= 32;
	for (const char *c = id; *c && good; c++)
		good = char_is_alnum(*c) || *c == '_';
	if (good)
		return true;
	diag_error(diags, NOWHERE, "invalid revision id \"%s\"", id);
	diag_hint(diags, "An id is 1 to 32 letters, digits and underscores.");
	return false;
}

struct revision *revision_new(struct session *session, const char *id,
			      const char *message, const struct str_list *down_revisions)
{
	struct arena *arena = &session->arena;
	struct revision *revision = ARENA_NEW(arena, struct revision);

	if (id && !check_id(id, &session->diags))
		return NULL;
	if (!id && !revision_new_id(arena, &id, &session->diags))
		return NULL;
	const struct revision *taken = history_find(&session->history, id);
	if (taken) {
		diag_error(&session->diags, NOWHERE, "revision \"%s\" exists already",
			   id);
		diag_hint(&session->diags, "It is \"%s\".", taken->path);
		return NULL;
	}
	revision->id = id;
	revision->message = message ? message : "empty message";
	revision->create_date = now(arena);
	revision->down_revisions = str_list_copy(arena, down_revisions);
	return revision;
}

/* Not proven is our own defect, so all there is to say is said. */
static bool not_proven(struct diags *diags, const char *direction, const char *why)
{
	diag_error(diags, NOWHERE,
		   "the %s could not be proven, so no revision was written", direction);
	diag_detail(diags, "%s", why ? why : "unknown difference");
	return false;
}

/* Does running [ops] turn [schema], which changes, into [to]? */
static bool ops_lead_to(struct schema *schema, const struct op_list *ops,
			const struct schema *to, const struct dialect *dialect,
			struct arena *arena, const char **ret_why)
{
	struct diags problems = {0};
	bool fits = apply_ops(schema, ops, &problems);

	if (!fits && problems.count)
		*ret_why = arena_strdup(arena, problems.items[0].message);
	diags_release(&problems);
	return fits && schema_equal(schema, to, dialect, arena, ret_why);
}

/* Read [text] as a revision and write that again: the same text must come out. */
static bool reads_back(const char *text, struct arena *arena, struct revision *ret_copy,
		       struct diags *diags)
{
	struct source source = {"<revision>", text, strlen(text)};
	struct diags problems = {0};
	AUTO_STRBUF again = {0};
	const char *why = "written again, it differs";
	bool good = revision_read(arena, &source, ret_copy, &problems);

	if (!good && problems.count)
		why = problems.items[0].message;
	if (good) {
		revision_write(ret_copy, &again);
		good = text_equal(strbuf_text(&again), text);
	}
	if (!good)
		not_proven(diags, "file", why);
	diags_release(&problems);
	return good;
}

bool revision_prove(const struct comparison *comparison, const char *text,
		    struct diags *diags)
{
	const struct dialect *dialect = comparison->options.dialect;
	struct arena arena = {0};
	struct schema schema = {0};
	struct revision copy = {0};
	const char *why = NULL;
	bool proven = reads_back(text, &arena, &copy, diags);

	schema_copy(&comparison->is, &schema);
	if (proven && !ops_lead_to(&schema, &copy.upgrade, &comparison->wanted, dialect,
				   &arena, &why))
		proven = not_proven(diags, "upgrade", why);
	if (proven && !ops_lead_to(&schema, &copy.downgrade, &comparison->is, dialect,
				   &arena, &why))
		proven = not_proven(diags, "downgrade", why);
	schema_release(&schema);
	arena_release(&arena);
	return proven;
}

bool revision_save(struct session *session, struct revision *revision)
{
	AUTO_STRBUF text = {0};
	const char *name =
		revision_file_name(&session->arena, revision->id, revision->message);

	revision->path = path_join(&session->arena, session->config.versions, name);
	revision_write(revision, &text);
	return file_write(revision->path, text.text, text.length, false, &session->diags);
}
