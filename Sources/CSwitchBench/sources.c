#include "CSwitchBench.h"

// C23; the compiler follows the files as it follows headers.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char layout[] = {
#embed "Programs/bench_layout.h"
    , 0};
static const char generator[] = {
#embed "Programs/generator.c"
    , 0};
static const char sink[] = {
#embed "Programs/sink.c"
    , 0};
static const char redirect_[] = {
#embed "Programs/redirect.c"
    , 0};
static const char least[] = {
#embed "Programs/least.c"
    , 0};
static const char clsact[] = {
#embed "Programs/clsact.c"
    , 0};

static const struct {
  const char *name, *text;
} sources[] = {
    {"bench_layout.h", layout}, {"generator.c", generator}, {"sink.c", sink},
    {"redirect.c", redirect_},  {"least.c", least},
    {"clsact.c", clsact},
};

static int is_one(int index) { return index >= 0 && index < (int)(sizeof(sources) / sizeof(*sources)); }
const char *sb_source_name(int index) { return is_one(index) ? sources[index].name : NULL; }
const char *sb_source_text(int index) { return is_one(index) ? sources[index].text : NULL; }
