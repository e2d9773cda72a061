#include "manifest/entry.h"
#include "program/critical.h"
#include "streamers/github/github.h"

int main(int argc, char** argv) {
    const auto manifest = streams::github::load();
    if (!manifest) return streams::print_critical(manifest.error());
    return streams::run_streamer(
        argc, argv,
        streams::manifest::entry_of(
            *manifest, {"stream-github --repo-path octokit/rest.js | persist-sqlite --path my.db",
                        "stream-github check --config config.json"}));
}
