/* The few macros that every module uses. */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define UNUSED __attribute__((unused))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
