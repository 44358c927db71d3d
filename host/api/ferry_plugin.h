/* ferry_plugin.h - the C ABI between the Ferry host and its plugins.
 *
 * Valid C11 and C++20; includes nothing but <stddef.h> and <stdint.h>. It is the only file that both sides share.
 *
 * A plugin is a shared library that exports exactly one symbol, ferry_plugin_query(). The host calls it once, right
 * after loading; it answers with a constant table of what the plugin offers. Libraries are never unloaded.
 *
 * Versions. The ABI has a major and a minor number. A different major is refused by either side. Within one major,
 * fields are only ever added, at the end of a struct, and every struct begins with its own size in bytes as its writer
 * knew it. A reader may use a field only if that size covers it (FERRY_HAS). Up to and including the field named by
 * FERRY_..._REQUIRED a struct must be whole; what comes after is optional and may be absent with an older partner.
 * While the major is 0 the ABI may still change between releases of Ferry.
 *
 * Strings are UTF-8, pointer and length, without a terminating zero, borrowed for the duration of the call unless a
 * comment says otherwise. A string of size 0 may have a null pointer.
 *
 * Errors. Functions that can fail return a FERRY_* code and, when it is not FERRY_OK, fill the caller's ferry_error.
 * No exception may cross this border in either direction, and no plugin thread may call the host after run(),
 * validate() or create() has returned.
 */
#ifndef FERRY_PLUGIN_H
#define FERRY_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FERRY_ABI_MAJOR 0u
#define FERRY_ABI_MINOR 3u

/* True if *ptr is large enough, by its own struct_size, to hold the named field of the struct type. */
#define FERRY_HAS(type, ptr, field) ((ptr)->struct_size >= offsetof(type, field) + sizeof((ptr)->field))

/* Name of the one exported symbol. */
#define FERRY_QUERY_SYMBOL "ferry_plugin_query"

typedef struct ferry_string {
    const char* data; /* UTF-8, not terminated */
    size_t size;      /* bytes */
} ferry_string;

/* Result codes. A reader treats a code that it does not know as FERRY_FAILED. */
enum {
    FERRY_OK = 0,
    FERRY_FAILED = 1,      /* the work could not be done */
    FERRY_INVALID = 2,     /* options or environment are wrong; nothing was changed */
    FERRY_UNSUPPORTED = 3, /* partner or version not supported */
    FERRY_REFUSED = 4,     /* the remote side refused the token or the rights */
    FERRY_CANCELLED = 5,   /* ended because cancelled() became true; may be run again */
    FERRY_NOT_FOUND = 6,   /* no such secret */
    FERRY_TOO_SMALL = 7    /* the buffer given is too small; the size needed is reported */
};

/* Log levels. */
enum { FERRY_LOG_ERROR = 0, FERRY_LOG_WARN = 1, FERRY_LOG_INFO = 2, FERRY_LOG_DEBUG = 3 };

/* An error report, owned by the caller and of fixed size, so that nothing is freed across the border. The writer
 * truncates at a UTF-8 character's edge and always terminates both texts with a zero. */
typedef struct ferry_error {
    size_t struct_size;
    int32_t code;       /* FERRY_*; what the function also returns */
    char kind[32];      /* stable word for programs, e.g. "auth", "network", "conflict" */
    char message[2048]; /* one sentence or a few lines for people: what failed, on what, why, what to do */
} ferry_error;
#define FERRY_ERROR_REQUIRED message

/* What the host tells of itself at the handshake. Borrowed for the call. */
typedef struct ferry_host_info {
    size_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor;
    ferry_string version; /* of the Ferry host, for messages */
} ferry_host_info;
#define FERRY_HOST_INFO_REQUIRED version

/* Bits of ferry_run_context.dry_run. A task takes any value but 0 as a dry run, and passes over bits that it does not
 * know. What it can tell of the work in numbers it sets as the output `planned`, a JSON object with those of these
 * members that it knows: `files`, `bytes`, `parts` and `api_calls` of the real run. The host sums them up.
 *
 * A task that fails or is cancelled, and leaves uploads open for its next run, sets the output `unfinished`: `uploads`
 * (how many), `bytes` (of them that are stored), and the tasks that would drop them, each {"task", "with"}: `drop`
 * these alone (left out if they are many; the host joins the arrays of several such steps), `drop_all` at least these.
 * The host tells them at the end of the run, as commands to copy. */
enum {
    FERRY_DRY_RUN = 1,        /* set in every dry run */
    FERRY_DRY_RUN_OFFLINE = 2 /* never alone: make no request over the network; what only the other side could tell is
                                 left out of the plan. An older plugin does not know it, and may ask all the same. */
};

/* Where and why a task runs. All strings are borrowed and stay valid until destroy() has returned. */
typedef struct ferry_run_context {
    size_t struct_size;
    ferry_string state_dir; /* absolute path of the state directory; exists, mode 0700 */
    ferry_string work_dir;  /* absolute path that relative paths in options refer to */
    ferry_string workflow;  /* the workflow's name */
    ferry_string run_id;    /* unique for the run */
    ferry_string step_id;   /* the step's id */
    uint32_t attempt;       /* 1 for the first try of the step */
    uint32_t dry_run;       /* FERRY_DRY_RUN... bits; not 0: describe the work, change nothing here or remotely */
    uint64_t row;           /* row of a batch, from 1; 0 outside a batch */
    int64_t deadline_ms;    /* Unix time in milliseconds at which the step is cancelled; 0: none */
    /* ---- optional from here on ---- */
    ferry_string run_dir; /* absolute path of a folder below state_dir for what people may want to read of this run
                             (logs); the task makes it, mode 0700, if it writes there. Old runs' folders are removed */
} ferry_run_context;
#define FERRY_RUN_CONTEXT_REQUIRED deadline_ms

/* One problem found in the options. */
typedef struct ferry_diagnostic {
    size_t struct_size;
    ferry_string pointer; /* JSON pointer (RFC 6901) into the options, "" for the whole */
    ferry_string found;   /* what was found there, as short text */
    ferry_string allowed; /* what is allowed there, and what to do */
} ferry_diagnostic;
#define FERRY_DIAGNOSTIC_REQUIRED allowed

/* One of the things, such as a file, that a task has in work. */
typedef struct ferry_item_progress {
    size_t struct_size;
    ferry_string name;    /* for people */
    uint64_t bytes_done;  /* acknowledged by the other side */
    uint64_t bytes_total; /* 0: not known */
} ferry_item_progress;
#define FERRY_ITEM_PROGRESS_REQUIRED bytes_total

/* Progress of a running task: sums over the whole task, never decreasing but for the totals. */
typedef struct ferry_progress {
    size_t struct_size;
    uint64_t bytes_done;  /* bytes acknowledged by the other side */
    uint64_t bytes_total; /* 0: not known yet */
    uint64_t items_done;  /* files, for example */
    uint64_t items_total; /* 0: not known yet */
    uint32_t final;       /* 1 exactly once, with the last report */
    uint32_t in_flight;   /* transfers running at this moment */
    /* ---- optional from here on ---- */
    uint64_t bytes_moved;     /* those of bytes_done that this task has moved itself, and not found moved already */
    uint64_t items_skipped;   /* those of items_done that were left as they are, by a rule of the options */
    uint64_t retries;         /* tries that failed and were, or will be, made again */
    uint64_t api_calls;       /* requests to the API of the other side, all tries of them */
    uint64_t api_calls_left;  /* that it still allows, for now; means nothing if api_calls_limit is 0 */
    uint64_t api_calls_limit; /* that it allows in a while; 0: not known, or none */
    ferry_string waiting_for; /* what everything waits for at this moment, as a few words; empty: for nothing */
    /* The first of what is in work, item_count pointers, none null; a handful is enough. */
    const ferry_item_progress* const* items;
    size_t item_count;
} ferry_progress;
#define FERRY_PROGRESS_REQUIRED final

/* What the host does for a task. Every function takes ctx first, may be called from any thread at any time between
 * the start and the end of validate(), create() or run(), by several threads at once, and never throws. The struct is
 * borrowed and stays valid until destroy() has returned (for validate(): until it has returned). */
typedef struct ferry_services {
    size_t struct_size;
    void* ctx;
    /* Writes one log line, level FERRY_LOG_*. The host escapes control bytes; the plugin leaves secrets out. */
    void (*log)(void* ctx, int32_t level, ferry_string message);
    /* Not 0 once the task should end soon, keeping what can be resumed. Cheap: an atomic load. */
    int32_t (*cancelled)(void* ctx);
    /* Reports one problem of the options; called as often as there are problems. */
    void (*diagnostic)(void* ctx, const ferry_diagnostic* diagnostic);
    /* Sets output `key` to a JSON value, replacing an earlier one. FERRY_INVALID if json does not parse. */
    int32_t (*output_set)(void* ctx, ferry_string key, ferry_string json);
    /* Appends a JSON value to the array that is output `key`, making it if need be. FERRY_INVALID as above. */
    int32_t (*output_append)(void* ctx, ferry_string key, ferry_string json);
    /* Copies the secret called `name` (the name of an environment variable) into buffer and its length to *size.
     * FERRY_NOT_FOUND if there is none; FERRY_TOO_SMALL, with the length needed in *size, if capacity is less. */
    int32_t (*secret)(void* ctx, ferry_string name, char* buffer, size_t capacity, size_t* size);
    /* ---- optional from here on: test with FERRY_HAS and for null ---- */
    /* Reports progress; at most some ten times a second, please. */
    void (*progress)(void* ctx, const ferry_progress* progress);
    /* Records an event: type is a word with dots or underscores, json an object with its fields. */
    void (*event)(void* ctx, ferry_string type, ferry_string json);
} ferry_services;
#define FERRY_SERVICES_REQUIRED secret

/* A task type. The table and its strings live as long as the library is loaded. `plugin` is what open() gave. */
typedef struct ferry_task_type {
    size_t struct_size;
    ferry_string name;           /* [a-z][a-z0-9-]*; unique over all plugins */
    ferry_string version;        /* changes whenever the same options may give another result */
    ferry_string summary;        /* one line for people */
    ferry_string options_schema; /* JSON Schema (draft 7) of the options, an object; the one source of types, limits,
                                    defaults and help. "format": "glob" marks texts that are file name patterns: there
                                    the host writes the characters * ? [ of what a reference stands for as [*] [?] [[]
                                    so that they are no wildcards; the task takes these three for the characters.
                                    "x-file": "input" or "output" marks texts that are paths (or patterns) of files
                                    which the task reads or makes: a step that has succeeded is not repeated on resume
                                    while these are unchanged. An option "fingerprint" with the value "content" has
                                    inputs compared by content. Beside "properties", "x-environment": variables, and
                                    "x-files": files ("~/NAME"), arrays; what they hold is as good as an option.
                                    "x-outputs": an object with each output that the task may set and what it is, as
                                    text: references to others are refused before anything runs. "x-completion":
                                    "file" or "folder" of a text, for the shells' completion. */
    /* Makes a task. `options` is a JSON object that the schema admits, completed with the schema's defaults, with all
     * references resolved. On FERRY_OK *task is the plugin's and the host calls destroy() once; else *task is left
     * alone. Called on any thread. Does not block for long. */
    int32_t (*create)(void* plugin, ferry_string options, const ferry_run_context* context,
                      const ferry_services* services, void** task, ferry_error* error);
    /* Does the work; blocks until it is done, failed or cancelled. Called once per task, on any thread; tasks of one
     * type may run side by side. */
    int32_t (*run)(void* task, ferry_error* error);
    /* Frees the task. Called once, after run() has returned or if it was never called. */
    void (*destroy)(void* task);
    /* ---- optional from here on ---- */
    /* Checks what a schema cannot say: reports each problem through services->diagnostic and returns FERRY_INVALID if
     * there was any. Offline: no network. `options` as for create(). May be null. */
    int32_t (*validate)(void* plugin, ferry_string options, const ferry_run_context* context,
                        const ferry_services* services, ferry_error* error);
} ferry_task_type;
#define FERRY_TASK_TYPE_REQUIRED destroy

/* The plugin's table, constant, alive as long as the library is loaded. */
typedef struct ferry_plugin {
    size_t struct_size;
    uint32_t abi_major; /* FERRY_ABI_MAJOR as the plugin was built */
    uint32_t abi_minor;
    ferry_string name;
    ferry_string version;
    size_t task_count;
    const ferry_task_type* const* tasks; /* task_count pointers, none null */
    /* ---- optional from here on ---- */
    /* Makes what all tasks of the process share (connections, threads, quota); *context is handed to each task as
     * `plugin`. Called at most once per process, before the first create() or validate(). No network. May be null:
     * then `plugin` is null. */
    int32_t (*open)(void** context, ferry_error* error);
    /* Frees it, after the last destroy(). May be null. */
    void (*close)(void* context);
} ferry_plugin;
#define FERRY_PLUGIN_REQUIRED tasks

/* The entry point. Returns the table, or null with the reason in *error. Called once, on the host's main thread. Does
 * no I/O and starts no thread. */
typedef const ferry_plugin* (*ferry_plugin_query_fn)(const ferry_host_info* host, ferry_error* error);

#ifdef __cplusplus
}
#endif

#endif /* FERRY_PLUGIN_H */
