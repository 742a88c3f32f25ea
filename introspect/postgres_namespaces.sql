-- Schemas of users, but for the default one ($1).
SELECT n.nspname
FROM pg_catalog.pg_namespace n
WHERE n.nspname <> 'information_schema'
  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
  AND n.nspname <> $1
  /* scoped: AND n.nspname = ANY (schemas) */
  AND NOT EXISTS (
	SELECT FROM pg_catalog.pg_depend e
	WHERE e.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
	  AND e.objid = n.oid
	  AND e.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
	  AND e.deptype = 'e')
ORDER BY n.nspname
