/* Making, proving and saving one revision. */
#include "base/file.h"
#include "cli/compare.h"
#include "cli/hooks.h"
#include "schema/apply.h"
#include "schema/equal.h"

/* What a name may hold: nothing that revision expressions use. */
struct name_rule {
	const char *what;
	size_t limit;	   /* characters */
	const char *marks; /* beside letters and digits, but for the first */
	const char *hint;
};

static const struct name_rule id_rule = {
	"revision id", 32 /* as the version table */, "_",
	"It is 1 to 32 letters, digits and underscores."};
static const struct name_rule label_rule = {
	"branch label", 100, "_-.",
	"It is 1 to 100 letters, digits, underscores, dashes and dots, the first being a "
	"letter, a digit or an underscore."};

static bool check_name(const struct name_rule *rule, const char *name,
		       struct diags *diags)
{
	if (revision_is_word(name))
		return diag_error(diags, NOWHERE, "\"%s\" cannot be a %s", name,
				  rule->what);
	bool good = (char_is_alnum(*name) || *name == '_') && strlen(name) <= rule->limit;
	for (const char *c = name; *c && good; c++)
		good = char_is_alnum(*c) || strchr(rule->marks, *c);
	if (good)
		return true;
	diag_error(diags, NOWHERE, "invalid %s \"%s\"", rule->what, name);
	diag_hint(diags, "%s", rule->hint);
	return false;
}

/* Ids and labels stand in one name space, as either names a revision. A database may
 * still stand at one that was squashed. */
static bool check_free(struct session *session, const char *name)
{
	for (size_t i = 0; i < session->history.revision_count; i++) {
		const struct revision *other = session->history.by_id[i];
		bool is_id = text_equal(other->id, name) ||
			     str_list_contains(&other->squashed, name);
		if (!is_id && !str_list_contains(&other->branch_labels, name))
			continue;
		diag_error(&session->diags, NOWHERE,
			   is_id ? "revision \"%s\" exists already"
				 : "branch label \"%s\" exists already",
			   name);
		diag_hint(&session->diags, "It is in \"%s\".", other->path);
		return false;
	}
	return true;
}

static bool check_labels(struct session *session, const struct revision_wish *wish,
			 const char *id)
{
	for (size_t i = 0; i < wish->branch_labels.count; i++) {
		const char *label = wish->branch_labels.items[i];
		if (!check_name(&label_rule, label, &session->diags) ||
		    !check_free(session, label))
			return false;
		if (text_equal(label, id))
			return diag_error(&session->diags, NOWHERE,
					  "branch label \"%s\" is the revision's id",
					  label);
	}
	return true;
}

struct revision *revision_new(struct session *session, const struct revision_wish *wish)
{
	struct arena *arena = &session->arena;
	struct revision *revision = ARENA_NEW(arena, struct revision);
	const char *id = wish->id;

	if (id && !check_name(&id_rule, id, &session->diags))
		return NULL;
	if (!id && !revision_new_id(arena, &session->config.file_naming,
				    &session->history, &id, &session->diags))
		return NULL;
	if (!check_free(session, id))
		return NULL;
	if (!check_labels(session, wish, id))
		return NULL;
	revision->id = id;
	revision->message = wish->message ? wish->message : "empty message";
	revision->create_date =
		revision_date(arena, &session->config.file_naming, &session->diags);
	revision->down_revisions = str_list_copy(arena, &wish->down_revisions);
	revision->branch_labels = str_list_copy(arena, &wish->branch_labels);
	revision->depends_on = str_list_copy(arena, &wish->depends_on);
	return revision->create_date ? revision : NULL;
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

/* Of several folders that of the newest revision below: branches stay apart. */
static const char *choose_folder(struct session *session, const struct revision *revision)
{
	const struct str_list *folders = &session->config.version_locations;
	const char *below =
		revision->down_revisions.count ? revision->down_revisions.items[0] : NULL;
	const struct revision *parent =
		below ? history_find(&session->history, below) : NULL;

	if (folders->count == 1)
		return folders->items[0];
	for (size_t i = 0; i < folders->count && parent; i++)
		if (path_is_below(parent->path, folders->items[i]))
			return folders->items[i];
	diag_error(&session->diags, NOWHERE,
		   "there are several version locations, and nothing says which to use");
	diag_hint(&session->diags, "Give --version-path with one of %s.",
		  str_list_join(&session->arena, folders, ", "));
	return NULL;
}

/* A file that is not found again would be lost to the history. */
static bool check_folders(struct session *session)
{
	if (!naming_has_folders(&session->config.file_naming) ||
	    session->config.recursive)
		return true;
	diag_error(&session->diags, NOWHERE,
		   "file_template names folders, which are not searched");
	diag_hint(&session->diags, "Set recursive_version_locations to true.");
	return false;
}

/* An id that was counted or chosen may have been taken by another process since the
 * history was read. */
static bool check_still_free(struct session *session, const struct revision *revision)
{
	const bool random = !session->config.file_naming.version_format &&
			    !session->options.revision_id;
	struct history now = {0};
	struct diags ignored = {0};
	bool is_free = true;

	if (random)
		return true;
	config_read_history(&session->config, NULL, &now, &ignored);
	const struct revision *other = history_find(&now, revision->id);
	if (other) {
		is_free = diag_error(
			&session->diags, NOWHERE,
			"revision \"%s\" has just been made by another process",
			revision->id);
		diag_detail(&session->diags, "It is in \"%s\".", other->path);
		diag_hint(&session->diags, "Run the command again.");
	}
	history_release(&now);
	diags_release(&ignored);
	return is_free;
}

/* One process at a time looks for its id and takes it. */
static bool write_locked(struct session *session, const struct revision *revision,
			 const char *folder)
{
	AUTO_STRBUF text = {0};
	const int lock = directory_lock(folder);

	revision_write(revision, &text);
	const bool written = check_still_free(session, revision) &&
			     file_write(revision->path, text.text, text.length, false,
					&session->diags);
	directory_unlock(lock);
	return written;
}

bool revision_save(struct session *session, struct revision *revision, const char *folder)
{
	struct arena *arena = &session->arena;
	const char *name = revision_file_name(arena, &session->config.file_naming,
					      revision, &session->diags);

	if (!folder)
		folder = choose_folder(session, revision);
	if (!name || !folder || !check_folders(session))
		return false;
	revision->path = path_join(arena, folder, name);
	if (!directory_make(path_folder(arena, revision->path), &session->diags))
		return false;
	return write_locked(session, revision, folder) &&
	       hooks_after_revision(session, revision);
}
