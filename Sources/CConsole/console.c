#include "CConsole.h"

// C23; the compiler follows the files as it follows headers.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char console_html[] = {
#embed "Page/console.html"
};
static const unsigned char console_css[] = {
#embed "Page/console.css"
};
static const unsigned char stage_css[] = {
#embed "Page/stage.css"
};
static const unsigned char favicon_svg[] = {
#embed "Page/favicon.svg"
};
static const unsigned char console_js[] = {
#embed "Page/console.js"
};
static const unsigned char detail_js[] = {
#embed "Page/detail.js"
};
static const unsigned char dom_js[] = {
#embed "Page/dom.js"
};
static const unsigned char edge_js[] = {
#embed "Page/edge.js"
};
static const unsigned char events_js[] = {
#embed "Page/events.js"
};
static const unsigned char feed_js[] = {
#embed "Page/feed.js"
};
static const unsigned char format_js[] = {
#embed "Page/format.js"
};
static const unsigned char lane_js[] = {
#embed "Page/lane.js"
};
static const unsigned char links_js[] = {
#embed "Page/links.js"
};
static const unsigned char model_js[] = {
#embed "Page/model.js"
};
static const unsigned char nav_js[] = {
#embed "Page/nav.js"
};
static const unsigned char states_js[] = {
#embed "Page/states.js"
};

#define FILE(name, bytes) {name, bytes, sizeof bytes}

static const struct console_file files[] = {
    FILE("console.html", console_html), FILE("console.css", console_css), FILE("stage.css", stage_css),
    FILE("favicon.svg", favicon_svg),   FILE("console.js", console_js),   FILE("detail.js", detail_js),
    FILE("dom.js", dom_js),             FILE("edge.js", edge_js),         FILE("events.js", events_js),
    FILE("feed.js", feed_js),           FILE("format.js", format_js),     FILE("lane.js", lane_js),
    FILE("links.js", links_js),         FILE("model.js", model_js),       FILE("nav.js", nav_js),
    FILE("states.js", states_js),
};

const struct console_file *console_file(size_t index) {
  return index < sizeof files / sizeof *files ? &files[index] : NULL;
}
