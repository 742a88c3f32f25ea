-- Sequences that a column owns (deptype a: serial) or is (i: identity), with their
-- options, NULL where an option is the default of the sequence's type. The default of a
-- serial column prints exactly as next_value. OFFSET 0 makes the planner look up each
-- sequence by the index: pg_depend is large.
SELECT d.refobjid,
       d.refobjsubid,
       d.deptype,
       c.relname,
       pg_catalog.format('nextval(%L::regclass)', c.oid::pg_catalog.regclass) AS next_value,
       c.oid::pg_catalog.regclass AS qualified_name,
       pg_catalog.format_type(s.seqtypid, NULL) AS type,
       NULLIF(s.seqstart, CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END)
		AS start,
       NULLIF(s.seqincrement, 1) AS increment,
       NULLIF(s.seqmin, CASE
		WHEN s.seqincrement > 0 THEN 1::pg_catalog.int8
		WHEN s.seqtypid = 'pg_catalog.int2'::pg_catalog.regtype
			THEN '-32768'::pg_catalog.int8
		WHEN s.seqtypid = 'pg_catalog.int4'::pg_catalog.regtype
			THEN '-2147483648'::pg_catalog.int8
		ELSE '-9223372036854775808'::pg_catalog.int8 END) AS minimum,
       NULLIF(s.seqmax, CASE
		WHEN s.seqincrement < 0 THEN '-1'::pg_catalog.int8
		WHEN s.seqtypid = 'pg_catalog.int2'::pg_catalog.regtype
			THEN '32767'::pg_catalog.int8
		WHEN s.seqtypid = 'pg_catalog.int4'::pg_catalog.regtype
			THEN '2147483647'::pg_catalog.int8
		ELSE '9223372036854775807'::pg_catalog.int8 END) AS maximum,
       NULLIF(s.seqcache, 1) AS cache,
       s.seqcycle
FROM pg_catalog.pg_sequence s
JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
CROSS JOIN LATERAL (
	SELECT w.refobjid, w.refobjsubid, w.deptype
	FROM pg_catalog.pg_depend w
	WHERE w.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
	  AND w.objid = s.seqrelid
	  AND w.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
	  AND w.refobjsubid > 0
	  AND w.deptype IN ('a', 'i')
	OFFSET 0) d
WHERE c.relpersistence <> 't'
  /* scoped: AND s.seqrelid = ANY (pg_class) */
ORDER BY d.refobjid, d.refobjsubid, c.relname
