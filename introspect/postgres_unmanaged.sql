-- What models do not describe, by kind and name; names as the search path has them.
WITH members AS MATERIALIZED (
	SELECT e.classid, e.objid
	FROM pg_catalog.pg_depend e
	WHERE e.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
	  AND e.deptype = 'e'
), spaces AS MATERIALIZED (
	SELECT n.oid
	FROM pg_catalog.pg_namespace n
	WHERE n.nspname <> 'information_schema'
	  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
	  /* scoped: AND n.nspname = ANY (own schemas) */
), objects (kind, name, classid, objid) AS (
	SELECT CASE c.relkind
	       WHEN 'v' THEN 'view'
	       WHEN 'm' THEN 'materialized view'
	       WHEN 'f' THEN 'foreign table'
	       WHEN 'p' THEN 'partitioned table'
	       WHEN 'S' THEN 'sequence'
	       ELSE 'composite type' END,
	       c.oid::pg_catalog.regclass::pg_catalog.text,
	       'pg_catalog.pg_class'::pg_catalog.regclass,
	       c.oid
	FROM pg_catalog.pg_class c
	JOIN spaces ON spaces.oid = c.relnamespace
	WHERE c.relkind IN ('v', 'm', 'f', 'p', 'S', 'c')
	  /* scoped: AND c.oid = ANY (own pg_class) */
	  AND NOT c.relispartition
	  AND c.relpersistence <> 't'
	  AND (c.relkind <> 'S' OR NOT EXISTS (
		SELECT FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
		  AND d.objid = c.oid
		  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
		  AND d.refobjsubid > 0
		  AND d.deptype IN ('a', 'i')))
	UNION ALL
	SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure'
	       ELSE 'function' END,
	       p.oid::pg_catalog.regprocedure::pg_catalog.text,
	       'pg_catalog.pg_proc'::pg_catalog.regclass,
	       p.oid
	FROM pg_catalog.pg_proc p
	JOIN spaces ON spaces.oid = p.pronamespace
	WHERE NOT EXISTS (
		SELECT FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
		  AND d.objid = p.oid
		  AND d.deptype = 'i')
	  /* scoped: AND p.oid = ANY (own pg_proc) */
	UNION ALL
	SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'range type' END,
	       pg_catalog.format_type(t.oid, NULL),
	       'pg_catalog.pg_type'::pg_catalog.regclass,
	       t.oid
	FROM pg_catalog.pg_type t
	JOIN spaces ON spaces.oid = t.typnamespace
	WHERE t.typtype IN ('d', 'r')
	  /* scoped: AND t.oid = ANY (own pg_type) */
	UNION ALL
	SELECT 'trigger',
	       pg_catalog.format('%I on %s', g.tgname, g.tgrelid::pg_catalog.regclass),
	       'pg_catalog.pg_class'::pg_catalog.regclass,
	       g.tgrelid
	FROM pg_catalog.pg_trigger g
	JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid AND NOT c.relispartition
	JOIN spaces ON spaces.oid = c.relnamespace
	WHERE NOT g.tgisinternal
	  /* scoped: AND g.tgrelid = ANY (own pg_class) */
	UNION ALL
	SELECT 'policy',
	       pg_catalog.format('%I on %s', y.polname, y.polrelid::pg_catalog.regclass),
	       'pg_catalog.pg_class'::pg_catalog.regclass,
	       y.polrelid
	FROM pg_catalog.pg_policy y
	JOIN pg_catalog.pg_class c ON c.oid = y.polrelid
	JOIN spaces ON spaces.oid = c.relnamespace
	/* scoped: WHERE y.polrelid = ANY (own pg_class) */
	UNION ALL
	SELECT 'rule',
	       pg_catalog.format('%I on %s', r.rulename, r.ev_class::pg_catalog.regclass),
	       'pg_catalog.pg_class'::pg_catalog.regclass,
	       r.ev_class
	FROM pg_catalog.pg_rewrite r
	JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
	JOIN spaces ON spaces.oid = c.relnamespace
	WHERE r.rulename <> '_RETURN'
	  /* scoped: AND r.ev_class = ANY (own pg_class) */
)
SELECT o.kind, o.name
FROM objects o
WHERE NOT EXISTS (
	SELECT FROM members m WHERE m.classid = o.classid AND m.objid = o.objid)
ORDER BY o.kind COLLATE "C", o.name COLLATE "C"
