-- Which tables are virtual, or belong to one; and the options of the others.
SELECT name, type, wr, strict
  FROM pragma_table_list
 WHERE schema = 'main'
