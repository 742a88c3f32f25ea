/*
 * Writing YAML that reads well and reads back the same.
 *
 * The caller lays out blocks and indentation; these write single values.
 */
#ifndef BASE_YAML_WRITE_H
#define BASE_YAML_WRITE_H

#include <stdbool.h>

struct str_list;
struct strbuf;

/*
 * A string scalar, plain where that reads back as the same string both in block and in
 * flow context and could not be taken for another type (null, a number, a bool in YAML
 * 1.1 or 1.2, a date), otherwise in double quotes with escapes. Always on one line.
 */
void yaml_write_string(struct strbuf *out, const char *text);
/* [a, b, c] */
void yaml_write_list(struct strbuf *out, const struct str_list *list);

#endif
