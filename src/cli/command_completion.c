/* completion: scripts for bash and zsh, made from the option and command tables. */
#include "cli/session.h"

static void write_options(const struct command *command, struct strbuf *out)
{
	const char *space = "";

	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!option_is_for(row, command))
			continue;
		strbuf_addf(out, "%s--%s", space, row->name);
		space = " ";
	}
}

static void write_bash(struct strbuf *out)
{
	strbuf_adds(out,
		    "# bash completion for schemadiff\n"
		    "_schemadiff() {\n"
		    "\tlocal word command= words='' current=${COMP_WORDS[COMP_CWORD]}\n"
		    "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		    "\t\tcase $word in -*) ;; *) command=$word; break ;; esac\n"
		    "\tdone\n"
		    "\tcase $command in\n\t'') words='");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		strbuf_addf(out, "%s ", commands[i].name);
	strbuf_adds(out, "--autogenerate --message --help --version' ;;\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		strbuf_addf(out, "\t%s) words='", commands[i].name);
		write_options(&commands[i], out);
		strbuf_adds(out, "' ;;\n");
	}
	strbuf_adds(out,
		    "\tesac\n"
		    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
		    "}\n"
		    "complete -o default -F _schemadiff schemadiff\n");
}

/* A help text within single quotes and square brackets. */
static void write_zsh_text(const char *text, struct strbuf *out)
{
	for (; *text; text++) {
		if (*text == '\'') {
			strbuf_adds(out, "'\\''");
			continue;
		}
		if (*text == '[' || *text == ']' || *text == ':')
			strbuf_addc(out, '\\');
		strbuf_addc(out, *text);
	}
}

static void write_zsh_options(const struct command *command, struct strbuf *out)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!option_is_for(row, command))
			continue;
		strbuf_addf(out, " \\\n\t\t\t'%s--%s[",
			    row->kind == OPTION_LIST ? "*" : "", row->name);
		write_zsh_text(row->help, out);
		strbuf_addc(out, ']');
		if (row->argument)
			strbuf_addf(out, ":%s:_files", row->argument);
		strbuf_addc(out, '\'');
	}
}

static void write_zsh(struct strbuf *out)
{
	strbuf_adds(out, "#compdef schemadiff\n"
			 "_schemadiff() {\n"
			 "\tlocal -a names\n"
			 "\tnames=(\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		strbuf_addf(out, "\t\t'%s:", commands[i].name);
		write_zsh_text(commands[i].summary, out);
		strbuf_adds(out, "'\n");
	}
	strbuf_adds(out, "\t)\n"
			 "\tif (( CURRENT == 2 )); then\n"
			 "\t\t_describe command names\n"
			 "\t\treturn\n"
			 "\tfi\n"
			 "\tcase $words[2] in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		strbuf_addf(out, "\t%s)\n\t\t_arguments", commands[i].name);
		write_zsh_options(&commands[i], out);
		strbuf_adds(out, " \\\n\t\t\t'*:argument:_files'\n\t\t;;\n");
	}
	strbuf_adds(out, "\tesac\n}\n_schemadiff \"$@\"\n");
}

enum exit_status command_completion(struct session *session)
{
	const char *shell = session->options.operands.items[0];

	if (text_equal(shell, "bash")) {
		write_bash(&session->out);
		return EXIT_CLEAN;
	}
	if (text_equal(shell, "zsh")) {
		write_zsh(&session->out);
		return EXIT_CLEAN;
	}
	diag_error(&session->diags, NOWHERE, "unrecognized shell \"%s\"", shell);
	diag_hint(&session->diags, "Completion is for bash and zsh.");
	return EXIT_TROUBLE;
}
