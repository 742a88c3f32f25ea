-- Enums, one row a label in the order of the labels; an enum without labels has one row
-- with a NULL label. The default schema ($1) is NULL.
SELECT t.oid,
       t.typarray,
       NULLIF(n.nspname, $1) AS schema,
       t.typname,
       l.enumlabel
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_enum l ON l.enumtypid = t.oid
WHERE t.typtype = 'e'
  AND n.nspname <> 'information_schema'
  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
  /* scoped: AND t.oid = ANY (pg_type) */
  AND NOT EXISTS (
	SELECT FROM pg_catalog.pg_depend e
	WHERE e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
	  AND e.objid = t.oid
	  AND e.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
	  AND e.deptype = 'e')
ORDER BY 3 NULLS FIRST, t.typname, l.enumsortorder
