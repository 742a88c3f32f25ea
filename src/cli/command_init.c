/* init: the files of a new project, from an example or from a database. */
#include "base/file.h"
#include "base/yaml_write.h"
#include "cli/compare.h"
#include "cli/inspect.h"

static const char example_models[] =
	"# Each top-level name is a class, in the words of SQLModel; docs/models.md of\n"
	"# schemadiff lists them all.\n"
	"\n"
	"Author:\n"
	"  table: authors\n"
	"  fields:\n"
	"    id: {type: int | None, default: null, primary_key: true}\n"
	"    name: {type: str, index: true}\n"
	"    email: {type: str, max_length: 255, unique: true}\n"
	"\n"
	"Book:\n"
	"  table: books\n"
	"  fields:\n"
	"    id: {type: int | None, default: null, primary_key: true}\n"
	"    title: {type: str, max_length: 200}\n"
	"    author_id: {type: int, foreign_key: authors.id, ondelete: CASCADE}\n";

/* The project's paths, all below its folder. */
struct project {
	const char *folder;
	const char *config, *models, *model_file, *versions;
	const char *url;
	bool has_models; /* of its own: no example is written */
};

static void project_init(struct session *session, struct project *ret_project)
{
	struct arena *arena = &session->arena;
	const struct str_list *operands = &session->options.operands;
	const char *folder = operands->count ? operands->items[0] : "";
	const char *url = session->options.url;

	*ret_project = (struct project){
		.folder = *folder ? folder : ".",
		.config = path_join(arena, folder, "schemadiff.yaml"),
		.models = path_join(arena, folder, "models"),
		.model_file = path_join(arena, folder, "models/models.yaml"),
		.versions = path_join(arena, folder, "migrations/versions"),
		.url = url ? url : "${DATABASE_URL:-sqlite:///app.db}",
	};
	ret_project->has_models =
		!session->options.baseline && directory_exists(ret_project->models);
}

static bool refuse_existing(struct session *session, const char *path)
{
	if (!file_exists(path))
		return true;
	diag_error(&session->diags, NOWHERE, "\"%s\" exists already", path);
	diag_hint(&session->diags, "init starts a project and overwrites nothing.");
	return false;
}

static bool project_check(struct session *session, const struct project *project)
{
	struct database_url url = {0};

	if (session->config.url && !strstr(project->url, "${") &&
	    !url_parse(&session->arena, project->url, &url, &session->diags))
		return false;
	return refuse_existing(session, project->config) &&
	       (project->has_models || refuse_existing(session, project->model_file));
}

static bool write_config(struct session *session, const struct project *project)
{
	AUTO_STRBUF text = {0};

	strbuf_adds(&text,
		    "# What schemadiff compares. ${NAME} is read from the environment.\n"
		    "url: ");
	yaml_write_string(&text, project->url);
	strbuf_adds(&text, "\nmodels: models\nscript_location: migrations\n");
	return file_write(project->config, text.text, text.length, false,
			  &session->diags);
}

static bool project_write(struct session *session, const struct project *project,
			  const struct strbuf *models)
{
	if (!directory_make(project->models, &session->diags) ||
	    !directory_make(project->versions, &session->diags))
		return false;
	if (!project->has_models && !file_write(project->model_file, models->text,
						models->length, false, &session->diags))
		return false;
	return write_config(session, project);
}

/* What was written, and how to go on. */
static void say_next(struct session *session, const struct project *project,
		     bool baseline)
{
	struct strbuf *out = &session->out;

	strbuf_addf(out, "%s\n", project->config);
	if (!project->has_models)
		strbuf_addf(out, "%s\n", project->model_file);
	strbuf_addf(out, "%s\n", project->versions);
	if (session->options.quiet)
		return;
	strbuf_adds(out, "\nNext:\n");
	if (!text_equal(project->folder, "."))
		strbuf_addf(out, "  cd %s\n", project->folder);
	strbuf_addf(out,
		    "  edit models/models.yaml\n"
		    "  schemadiff --autogenerate -m \"%s\"\n"
		    "  schemadiff upgrade head\n",
		    baseline ? "what changed" : "first tables");
}

static enum exit_status init_example(struct session *session,
				     const struct project *project)
{
	AUTO_STRBUF models = {0};

	strbuf_adds(&models, example_models);
	if (!project_write(session, project, &models))
		return EXIT_TROUBLE;
	say_next(session, project, false);
	return EXIT_CLEAN;
}

/* The database must be one that no history owns, unless the baseline is said to take the
 * place of that history: by the id that the database is at. */
static bool check_unowned(struct session *session, const struct str_list *current)
{
	const char *id = session->options.revision_id;

	if (!current->count || (current->count == 1 && text_equal(current->items[0], id)))
		return true;
	diag_error(&session->diags, NOWHERE, "the database has a history already");
	diag_detail(&session->diags, "It is at revision %s.",
		    str_list_join(&session->arena, current, ", "));
	if (current->count == 1)
		diag_hint(&session->diags,
			  "\"--rev-id %s\" makes a baseline that takes the place of all "
			  "revisions up to that one.",
			  current->items[0]);
	return false;
}

static bool read_existing(struct session *session, struct comparison *ret)
{
	struct str_list current = {0};

	if (!session_open(session, true) || !session_current(session, &current) ||
	    !check_unowned(session, &current))
		return false;
	ret->options = (struct diff_options){
		.dialect = database_dialect(session->database),
		.portable = true,
	};
	return database_introspect(session->database, session->config.version_table,
				   session->config.version_schema, &ret->wanted,
				   &session->diags);
}

/* The revision that builds the database from nothing, proven; or NULL. */
static struct revision *make_baseline(struct session *session,
				      struct comparison *comparison)
{
	const struct revision_wish wish = {
		.id = session->options.revision_id,
		.message = "baseline",
	};
	AUTO_STRBUF text = {0};
	struct revision *revision = revision_new(session, &wish);

	if (!revision)
		return NULL;
	if (!schema_build_ops(&session->arena, &comparison->wanted,
			      comparison->options.dialect, &revision->upgrade)) {
		diag_error(&session->diags, NOWHERE, "the database has no tables");
		return NULL;
	}
	if (!diff_reverse(&session->arena, &comparison->is, &revision->upgrade,
			  &comparison->options, &revision->downgrade, &session->diags))
		return NULL;
	revision_write(revision, &text);
	if (!revision_prove(comparison, strbuf_text(&text), &session->diags))
		return NULL;
	return revision;
}

static bool write_baseline(struct session *session, const struct project *project,
			   struct comparison *comparison)
{
	struct runner_options options = session_runner(session);
	struct str_list ids = {0};
	AUTO_STRBUF models = {0};

	if (!read_existing(session, comparison))
		return false;
	struct revision *revision = make_baseline(session, comparison);
	if (!revision)
		return false;
	schema_write_models(&comparison->wanted, &models);
	str_list_add(&session->arena, &session->config.version_locations,
		     project->versions);
	if (!project_write(session, project, &models) ||
	    !revision_save(session, revision, NULL))
		return false;
	str_list_add(&session->arena, &ids, revision->id);
	strbuf_addf(&session->out, "%s\n", revision->path);
	return runner_stamp(session->database, &options, NULL, &ids, &session->diags);
}

static enum exit_status init_baseline(struct session *session,
				      const struct project *project)
{
	struct comparison comparison = {0};
	bool done = write_baseline(session, project, &comparison);

	comparison_release(&comparison);
	if (!done)
		return EXIT_TROUBLE;
	say_next(session, project, true);
	return EXIT_CLEAN;
}

enum exit_status command_init(struct session *session)
{
	struct project project = {0};

	session->config.version_table = "alembic_version";
	project_init(session, &project);
	/* The URL means here what it will mean in the file: relative to the project. */
	session->config.folder = project.folder;
	session->config.url = session->options.url;
	session->options.url = NULL;
	if (!project_check(session, &project))
		return EXIT_TROUBLE;
	return session->options.baseline ? init_baseline(session, &project)
					 : init_example(session, &project);
}
