-- Operator classes by OID, with what decides where one is the default.
SELECT s.oid,
       s.opcmethod,
       s.opcintype,
       s.opcdefault,
       pg_catalog.concat(
		CASE WHEN NOT pg_catalog.pg_opclass_is_visible(s.oid) THEN
			pg_catalog.format('%s.', s.opcnamespace::pg_catalog.regnamespace)
		END,
		pg_catalog.quote_ident(s.opcname::pg_catalog.text)) AS name
FROM pg_catalog.pg_opclass s
ORDER BY s.oid
