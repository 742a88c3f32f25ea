-- Constraints of ordinary tables. Keys are attribute numbers, which the reader turns into
-- names; referred_columns holds the names themselves where the referenced table is none
-- of those that are read (a partitioned table, a table of an extension or of a schema that
-- is out of scope). A constraint
-- with a parent is the server's own copy for a partition of the referenced table.
SELECT k.conrelid,
       k.contype,
       k.conname,
       k.conkey,
       pg_catalog.pg_get_expr(k.conbin, k.conrelid) AS expression,
       NULLIF(rn.nspname, $1) AS referred_schema,
       r.relname AS referred_table,
       k.confrelid,
       k.confkey,
       CASE WHEN r.relkind <> 'r' OR r.relispartition
	/* scoped: OR r.oid <> ALL (pg_class) */ OR EXISTS (
		SELECT FROM pg_catalog.pg_depend e
		WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
		  AND e.objid = r.oid
		  AND e.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
		  AND e.deptype = 'e')
	THEN (SELECT pg_catalog.string_agg(a.attname::pg_catalog.text,
					   pg_catalog.chr(31) ORDER BY x.position)
	      FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY x (attnum, position)
	      JOIN pg_catalog.pg_attribute a
		ON a.attrelid = k.confrelid AND a.attnum = x.attnum)
	END AS referred_columns,
       k.confdeltype,
       k.confupdtype,
       k.confmatchtype,
       k.condeferrable,
       k.condeferred,
       k.convalidated,
       k.connoinherit,
       i.indnullsnotdistinct,
       i.indkey,
       i.indnkeyatts
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
LEFT JOIN pg_catalog.pg_index i
	ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x')
  AND k.conparentid = 0
  AND c.relkind = 'r'
  AND NOT c.relispartition
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
  /* scoped: AND k.conrelid = ANY (pg_class) */
ORDER BY k.conrelid,
	 CASE k.contype WHEN 'p' THEN 1 WHEN 'u' THEN 2 WHEN 'f' THEN 3 WHEN 'c' THEN 4
	 ELSE 5 END,
	 k.conname
