-- Ordinary tables: no partitioned table, no partition, nothing temporary, nothing of an
-- extension. The default schema ($1) is NULL. In the order of struct schema.
SELECT c.oid,
       NULLIF(n.nspname, $1) AS schema,
       c.relname,
       d.description
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_description d
	ON d.objoid = c.oid
	AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
	AND d.objsubid = 0
WHERE c.relkind = 'r'
  AND NOT c.relispartition
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
  /* scoped: AND c.oid = ANY (pg_class) */
  AND NOT EXISTS (
	SELECT FROM pg_catalog.pg_depend e
	WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
	  AND e.objid = c.oid
	  AND e.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
	  AND e.deptype = 'e')
ORDER BY 2 NULLS FIRST, c.relname
