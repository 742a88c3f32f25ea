/* The models against the history alone: what is known of a database that no one opens. */
#include "cli/compare.h"
#include "history/replay.h"

/* Of the configured database, which need not be there, nor even be configured. */
static const struct dialect *configured_dialect(struct session *session)
{
	struct diags ignored = {0};
	struct database_url url = {.dialect = &dialect_postgresql};
	const char *text = NULL;
	bool relative = false;
	bool known = config_url(&session->arena, &session->config, &session->options,
				&text, &relative, &ignored) &&
		     url_parse(&session->arena, text, &url, &ignored);

	diags_release(&ignored);
	return known ? url.dialect : &dialect_postgresql;
}

bool comparison_make_offline(struct session *session, struct comparison *ret)
{
	const struct str_list heads = history_heads(&session->arena, &session->history);

	ret->options = (struct diff_options){.portable = true};
	ret->dialect = configured_dialect(session);
	/* What models may call the default schema, so that a table there has none. */
	session->default_schema = ret->dialect->has_schemas ? "public" : "main";
	if (!history_replay_certain(&session->history, &heads, &ret->is,
				    &session->diags) ||
	    !session_load_models(session, NULL, &ret->wanted))
		return false;
	schema_copy(&ret->is, &ret->was);
	config_ignore(&session->config, &ret->is);
	config_ignore(&session->config, &ret->wanted);
	diff_schemas(&ret->arena, &ret->is, &ret->wanted, &ret->options, &ret->ops);
	return true;
}
