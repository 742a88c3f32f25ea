-- Everything in the database file, in order of creation.
SELECT type, name, tbl_name, sql
  FROM main.sqlite_schema
