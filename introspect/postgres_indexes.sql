-- Indexes of ordinary tables that back no primary key or unique constraint. One that
-- backs an exclusion constraint names it. The vectors are read as they are.
SELECT i.indrelid,
       i.indexrelid,
       x.relname,
       k.conname AS exclusion,
       i.indisunique,
       i.indnullsnotdistinct,
       i.indnkeyatts,
       i.indkey,
       i.indclass,
       i.indcollation,
       i.indoption,
       m.amname,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
       pg_catalog.array_to_string(x.reloptions, ', ') AS options
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am m ON m.oid = x.relam
LEFT JOIN pg_catalog.pg_constraint k
	ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
	/* scoped: AND k.conrelid = i.indrelid */
WHERE (k.oid IS NULL OR k.contype = 'x')
  AND c.relkind = 'r'
  AND NOT c.relispartition
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
  /* scoped: AND i.indrelid = ANY (pg_class) */
ORDER BY i.indrelid, x.relname
