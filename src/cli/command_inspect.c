/* inspect: a live database as models, or as the SQL that builds it. */
#include "cli/inspect.h"

#include "diff/diff.h"
#include "render/sql.h"
#include "schema/dump.h"

bool schema_build_ops(struct arena *arena, const struct schema *schema,
		      const struct dialect *dialect, struct op_list *ret_ops)
{
	static const struct schema nothing;
	struct diff_options options = {.dialect = dialect, .portable = true};

	diff_schemas(arena, &nothing, schema, &options, ret_ops);
	return ret_ops->count;
}

static bool write_sql(struct session *session, const struct schema *schema,
		      const struct dialect *dialect)
{
	static const struct schema nothing;
	struct op_list ops = {0};
	struct sql_script script = {0};

	schema_build_ops(&session->arena, schema, dialect, &ops);
	if (!render_sql(&session->arena, dialect, &nothing, &ops, &script,
			&session->diags))
		return false;
	for (size_t i = 0; i < script.count; i++)
		strbuf_addf(&session->out, "%s%s;\n", i ? "\n" : "", script.items[i].sql);
	return true;
}

static void write_unmanaged(const struct schema *schema, const char *mark,
			    struct strbuf *out)
{
	for (size_t i = 0; i < schema->unmanaged_count; i++)
		strbuf_addf(out, "%s not managed: %s %s\n", mark,
			    schema->unmanaged[i].kind, schema->unmanaged[i].name);
	if (schema->unmanaged_count)
		strbuf_addc(out, '\n');
}

void schema_write_models(const struct schema *schema, struct strbuf *out)
{
	write_unmanaged(schema, "#", out);
	dump_models(schema, out);
}

static enum exit_status inspect(struct session *session, struct database *database,
				struct schema *schema)
{
	if (!database_introspect(database, session->config.version_table,
				 session->config.version_schema, schema, &session->diags))
		return EXIT_TROUBLE;
	config_ignore(&session->config, schema);
	if (session->options.format == FORMAT_YAML) {
		schema_write_models(schema, &session->out);
		return EXIT_CLEAN;
	}
	write_unmanaged(schema, "--", &session->out);
	return write_sql(session, schema, database_dialect(database)) ? EXIT_CLEAN
								      : EXIT_TROUBLE;
}

enum exit_status command_inspect(struct session *session)
{
	const struct str_list *operands = &session->options.operands;
	struct schema schema = {0};

	if (operands->count)
		session->database = session_open_url(session, operands->items[0]);
	else if (!session_open(session, true))
		return EXIT_TROUBLE;
	if (!session->database)
		return EXIT_TROUBLE;
	enum exit_status status = inspect(session, session->database, &schema);
	schema_release(&schema);
	return status;
}
