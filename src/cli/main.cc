#include "cli/verbs.h"
#include "program/command_line.h"
#include "program/wall.h"

int main(int argc, char** argv) {
    return streams::behind_wall(
        [&] { return streams::run_verb(streams::arguments_of(argc, argv)); });
}
