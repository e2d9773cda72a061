#ifndef STREAMS_TEMPLATES_H
#define STREAMS_TEMPLATES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The templates of manifests, and their dates. All texts are UTF-8 with a length.

   A template is compiled once and rendered many times, by any thread. A render has a budget of
   steps (which bounds its memory too: about 64 bytes a step) and of bytes written.
   No function unwinds; none keeps a pointer that it was given. */

enum { STREAMS_TEMPLATE_STEPS_MAX = 500000 };

/* A text that this library made. Free it with streams_text_free; a null `data` is an empty text. */
typedef struct streams_text {
    char* data;
    size_t size;
} streams_text;

void streams_text_free(streams_text text);

typedef struct streams_template streams_template;

/* Null on failure: `error` is then the reason, `line` the line in the template (0: unknown). */
streams_template* streams_template_compile(const char* source, size_t size, streams_text* error,
                                           uint32_t* line);
void streams_template_free(streams_template* compiled);

/* The names that the template reads and nothing in it defines, one a line. */
streams_text streams_template_variables(const streams_template* compiled);

typedef struct streams_render {
    const char* context; /* A JSON object: what the names stand for. */
    size_t context_size;
    size_t bytes_max;
    int64_t now_us; /* The present, in microseconds since 1970. */
    int typed;      /* 0: text, as Python would print it. 1: JSON: a template of one {{ }} gives
                       its value as it is; any other text that reads as a Python literal gives
                       what it stands for. 2: "true" or "false", as a condition. */
} streams_render;

/* 1 and the result in `out`, or 0 and the reason in `out`, its line in `line`.
   Numbers leave as they were spelled in the context. What is undefined is an empty text, or null.
 */
int streams_template_render(const streams_template* compiled, const streams_render* request,
                            streams_text* out, uint32_t* line);

/* Times in the formats of Python's strptime, and "%s", "%s_as_float", "%ms", "%_ms",
   "%epoch_microseconds". An empty format means: any form of ISO 8601. 1 on success.
   A time without an offset is UTC. */
int streams_time_parse(const char* text, size_t size, const char* format, size_t format_size,
                       int64_t* microseconds);
int streams_time_format(int64_t microseconds, const char* format, size_t format_size,
                        streams_text* out);

/* Adds `sign` (1 or -1) times an ISO 8601 duration ("P1M", "PT1S") to a time. 1 on success. */
int streams_time_add(int64_t microseconds, const char* duration, size_t size, int sign,
                     int64_t* out);

#ifdef __cplusplus
}
#endif

#endif
