#include "cli/own_arguments.h"
#include "cli/verbs.h"
#include "program/command_line.h"
#include "program/wall.h"

int main(int argc, char** argv) {
    return streams::behind_wall([&] {
        const auto arguments = streams::arguments_of(argc, argv);
        streams::blank_secrets(argc, argv);
        return streams::run_verb(arguments);
    });
}
