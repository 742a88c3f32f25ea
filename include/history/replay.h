/*
 * The effect of revisions on a schema in memory, and whether it can be trusted.
 *
 * A replay carries out every op by schema/apply.h. What it cannot know is what SQL of the
 * user's does (execute); where it matters, history_replay_certain() refuses to guess.
 */
#ifndef HISTORY_REPLAY_H
#define HISTORY_REPLAY_H

#include "history/history.h"

/* Which revisions are among [ids] or stand below one of them, by rank; in [arena]. Ids
 * that no file has are passed over. */
bool *history_mark_below(const struct history *history, struct arena *arena,
			 const struct str_list *ids);

/* Carry out one direction of [revision]. The error of an op that does not fit says where
 * it stands. */
bool revision_replay(const struct revision *revision, bool upgrade, struct schema *schema,
		     struct diags *diags);

/* Is it known what each op in this direction does to a schema? An error, with a hint how
 * to say it, for each execute of which it is not. */
bool revision_effect_known(const struct revision *revision, bool upgrade,
			   struct diags *diags);

/* The upgrades of the revisions marked in [marked], by rank, from what [schema] is. */
bool history_replay_marked(const struct history *history, const bool *marked,
			   struct schema *schema, struct diags *diags);

/*
 * The schema that a database at [ids] has, from an empty one. False with all errors where
 * an op does not fit, or where the effect of one is not known.
 */
bool history_replay_certain(const struct history *history, const struct str_list *ids,
			    struct schema *ret_schema, struct diags *diags);

#endif
